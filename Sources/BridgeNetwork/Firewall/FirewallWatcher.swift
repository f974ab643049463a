import CLinux
import Glibc
import LinuxKernel

/// Waits, on a thread of its own, for somebody else to change our table (`nft flush ruleset`, a firewall's reload).
actor FirewallWatcher {
    /// How long a burst of changes is left to end before it is looked at.
    private static let pause: Int32 = 100

    nonisolated let thread: NamespaceThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let monitor: NetfilterMonitor
    private let table: String

    /// Listens from now on.
    ///
    /// - Parameters:
    ///   - namespace: where; the calling thread is in the same one.
    ///   - port: the netlink address whose changes are ours.
    init(table: String, namespace: FileDescriptor?, ignoring port: UInt32) throws(SystemError) {
        self.table = table
        thread = try NamespaceThread(name: "drydock-fwwatch", namespace: namespace)
        monitor = try NetfilterMonitor(ignoring: port)
    }

    /// Calls `changed` after each burst of changes until the other end of `stop` is closed. Blocks this actor's thread.
    func watch(until stop: FileDescriptor, changed: @escaping @Sendable () -> Void) throws(SystemError) {
        while true {
            var list = [
                clinux_ready(fd: stop.number, events: Int16(POLLIN), ready: 0),
                clinux_ready(fd: monitor.descriptor.number, events: Int16(POLLIN), ready: 0),
            ]
            try SystemCall.check(clinux_poll(&list, 2, -1), "wait for changes of nf_tables")
            guard list[0].ready == 0 else { return }
            guard list[1].ready != 0, try monitor.drain(about: table) else { continue }
            guard try SystemCall.check(clinux_poll(&list, 1, Self.pause), "wait for changes to end") == 0 else {
                return
            }
            _ = try monitor.drain(about: table)
            changed()
        }
    }
}
