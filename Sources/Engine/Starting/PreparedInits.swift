import LinuxKernel
import Logging

/// A cgroup with an init in it that waits for its container.
struct PreparedInit: Sendable {
    let cgroup: Cgroup
    let process: ParkedProcess
}

/// Inits that were put into cgroups before anybody asked for a container.
///
/// On cgroup v1 the first attachment after a pause waits for a grace period of the kernel, some 8 ms; an init that waits in
/// its cgroup has that behind it, and the cgroup is renamed when its container is known. Where cgroups cannot be renamed
/// the stock stays empty: on v2 a process is born in its cgroup, which waits for nothing.
final class PreparedInits: Sendable {
    /// The namespaces that all of them have of their own; a container that shares one of these gets a new init.
    static let namespaces = Namespaces.all.intersection([.pid, .ipc, .time])

    private let maker: Maker
    private let stock: Stock<PreparedInit>
    private let logger: Logger

    init(_ cgroups: CgroupDriver, _ launcher: Launcher, target: Int, logger: Logger) throws(SystemError) {
        let maker = try Maker(cgroups, launcher)
        self.maker = maker
        self.logger = logger
        stock = Stock(of: "an init", target: cgroups.canPrepare ? max(0, target) : 0, logger: logger) {
            try await maker.make()
        } discard: {
            await Self.discard($0, logger)
        }
    }

    /// How many wait.
    var count: Int { stock.count }

    /// Removes what a killed daemon left, and starts to fill.
    func open() { stock.open { [maker] in try await maker.sweep() } }

    /// Lets all that wait end, makes no more, and returns when their cgroups are gone.
    func close() async { await stock.close() }

    /// One that waits, if there is one.
    func take() -> PreparedInit? { stock.take() }

    /// Ends one that did not get to its container, whatever its cgroup is called by now.
    func discard(_ prepared: PreparedInit, renamed cgroup: Cgroup? = nil) async {
        await Self.discard(prepared, renamed: cgroup, logger)
    }

    private static func discard(_ prepared: PreparedInit, renamed cgroup: Cgroup? = nil, _ logger: Logger) async {
        _ = prepared.process.take()
        for group in [prepared.cgroup] + [cgroup].compactMap(\.self) {
            do { try await group.remove() } catch {
                logger.warning("cannot remove the prepared cgroup \(group.name): \(error)")
            }
        }
    }
}

/// Makes prepared inits on a thread of its own, since making a cgroup may wait for the kernel.
private actor Maker {
    private nonisolated let thread: NamespaceThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let cgroups: CgroupDriver
    private let launcher: Launcher

    init(_ cgroups: CgroupDriver, _ launcher: Launcher) throws(SystemError) {
        thread = try NamespaceThread(name: "drydock-inits", namespace: nil)
        self.cgroups = cgroups
        self.launcher = launcher
    }

    func make() async throws -> PreparedInit {
        let cgroup = try cgroups.prepare()
        do {
            let process = try launcher.park(CgroupPlacement(cgroup), PreparedInits.namespaces)
            guard await process.isReady() else { throw LaunchError(.cgroup, detail: cgroup.name) }
            return PreparedInit(cgroup: cgroup, process: process)
        } catch {
            try await cgroup.remove()
            throw error
        }
    }

    func sweep() async throws {
        for name in try cgroups.preparedNames() { try await cgroups.existing(name: name).remove() }
    }
}
