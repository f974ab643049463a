import CLinux
import Glibc
import LinuxKernel
import Synchronization

/// One thread that waits for all monitors' sockets at once, so that none of the concurrency pool's threads ever blocks.
final class MonitorLoop: Sendable {
    /// Somebody who is called on the loop's thread.
    protocol Handler: AnyObject, Sendable {
        /// A descriptor it watches is ready.
        func ready(_ descriptor: Int32)
        /// Called after each turn; answers when it wants to be called without anything being ready (CLOCK_MONOTONIC,
        /// nanoseconds), `nil` for never.
        func deadline(now: Int64) -> Int64?
    }

    private struct State {
        var handlers: [Int32: any Handler] = [:]
        /// Those who have a deadline now.
        var timed: [ObjectIdentifier: any Handler] = [:]
    }

    /// The process's only one: monitors are known by descriptors, which are the process's, too.
    static let shared = MonitorLoop()

    private let poller: Int32
    private let wakeup: Int32
    private let state = Mutex(State())

    private init() {
        poller = clinux_poller_create()
        wakeup = clinux_wakeup_create()
        // Without these two descriptors every `watch` fails with EBADF, which its caller reports.
        guard poller >= 0, wakeup >= 0, clinux_poller_add(poller, wakeup, CLINUX_EPOLLIN) == 0 else { return }
        var thread = pthread_t()
        let created = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<MonitorLoop>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        if created == 0 { pthread_detach(thread) }
    }

    /// Calls the handler whenever the descriptor can be read, written or has ended.
    func watch(_ descriptor: Int32, _ events: UInt32, _ handler: any Handler) throws(LaunchError) {
        state.withLock { $0.handlers[descriptor] = handler }
        let answer = clinux_poller_add(poller, descriptor, events)
        guard answer < 0 else { return }
        state.withLock { $0.handlers[descriptor] = nil }
        throw LaunchError(.launcher, errno: -answer, detail: "cannot be watched")
    }

    /// Changes what a descriptor is watched for.
    func change(_ descriptor: Int32, _ events: UInt32) { clinux_poller_change(poller, descriptor, events) }

    /// Forgets a descriptor; to be called before it is closed.
    func forget(_ descriptor: Int32) {
        clinux_poller_remove(poller, descriptor)
        state.withLock { $0.handlers[descriptor] = nil }
    }

    /// Asks for the handler's deadline at once and after each turn, as long as it has one.
    func schedule(_ handler: any Handler) {
        state.withLock { $0.timed[ObjectIdentifier(handler)] = handler }
        var one: UInt64 = 1
        clinux_write(wakeup, &one, 8)
    }

    private func run() {
        var list = [clinux_poller_event](repeating: clinux_poller_event(), count: 64)
        var timeout: Int32 = -1
        while true {
            let count = clinux_poller_wait(poller, &list, Int32(list.count), timeout)
            for event in list.prefix(Int(max(0, count))) {
                if event.fd == wakeup {
                    var counter: UInt64 = 0
                    clinux_read(wakeup, &counter, 8)
                } else if let handler = state.withLock({ $0.handlers[event.fd] }) {
                    handler.ready(event.fd)
                }
            }
            timeout = nextTimeout()
        }
    }

    /// Milliseconds to the nearest deadline, -1 for none.
    private func nextTimeout() -> Int32 {
        let timed = state.withLock { Array($0.timed.values) }
        guard !timed.isEmpty else { return -1 }
        let now = clinux_monotonic_ns()
        var nearest: Int64?
        for handler in timed {
            if let deadline = handler.deadline(now: now) {
                nearest = min(nearest ?? deadline, deadline)
            } else {
                state.withLock { _ = $0.timed.removeValue(forKey: ObjectIdentifier(handler)) }
            }
        }
        guard let nearest else { return -1 }
        return Int32(max(0, min(60_000, (nearest - now + 999_999) / 1_000_000)))
    }
}
