import LinuxKernel
import Logging
import Synchronization

/// A cgroup with an init in it that waits for its container.
struct PreparedInit: Sendable {
    let cgroup: Cgroup
    let process: ParkedProcess
}

/// Inits that were put into cgroups before anybody asked for a container.
///
/// On cgroup v1 the first attachment after a pause waits for a grace period of the kernel, some 8 ms; an init that waits in
/// its cgroup has that behind it, and the cgroup is renamed when its container is known. Each is used once and ends with
/// its container; new ones are made off the path, in the quiet after a burst, unless the stock runs low. Where cgroups
/// cannot be renamed the stock stays empty: on v2 a process is born in its cgroup, which waits for nothing.
final class PreparedInits: Sendable {
    /// The namespaces that all of them have of their own; a container that shares one of these gets a new init.
    static let namespaces = Namespaces.all.intersection([.pid, .ipc, .time])
    /// How long nobody must have taken anything before the stock is filled up.
    private static let quiet: Duration = .milliseconds(20)

    private struct State {
        var isOpen = false
        /// Fills the stock at the moment.
        var filling: Task<Void, Never>?
        var ready: [PreparedInit] = []
        var opened: ContinuousClock.Instant?
        var lastTake: ContinuousClock.Instant?
    }

    private let target: Int
    private let maker: Maker
    private let logger: Logger
    private let state = Mutex(State())

    init(_ cgroups: CgroupDriver, _ launcher: Launcher, target: Int, logger: Logger) throws(SystemError) {
        self.target = cgroups.canPrepare ? max(0, target) : 0
        self.logger = logger
        maker = try Maker(cgroups, launcher)
    }

    /// How many wait.
    var count: Int { state.withLock { $0.ready.count } }

    /// Removes what a killed daemon left, and starts to fill.
    func open() {
        guard target > 0 else { return }
        state.withLock { state in
            state.isOpen = true
            state.opened = .now
            state.filling = Task { [self] in
                do { try await maker.sweep() } catch {
                    logger.warning("cannot remove a prepared cgroup that is left over: \(error)")
                }
                await fill()
            }
        }
    }

    /// Lets all that wait end, makes no more, and returns when their cgroups are gone.
    func close() async {
        let (dropped, filling) = state.withLock { state in
            defer { state.ready = [] }
            state.isOpen = false
            return (state.ready, state.filling)
        }
        await filling?.value
        for prepared in dropped { await discard(prepared) }
    }

    /// One that waits, if there is one.
    func take() -> PreparedInit? {
        let taken = state.withLock { state -> PreparedInit? in
            state.lastTake = .now
            return state.ready.popLast()
        }
        fillSoon()
        return taken
    }

    /// Ends one that did not get to its container, whatever its cgroup is called by now.
    func discard(_ prepared: PreparedInit, renamed cgroup: Cgroup? = nil) async {
        _ = prepared.process.take()
        for group in [prepared.cgroup] + [cgroup].compactMap(\.self) {
            do { try await group.remove() } catch {
                logger.warning("cannot remove the prepared cgroup \(group.name): \(error)")
            }
        }
    }

    // MARK: - Filling

    private func fillSoon() {
        state.withLock { state in
            guard state.isOpen, state.filling == nil, state.ready.count < target else { return }
            state.filling = Task { [self] in await fill() }
        }
    }

    private func fill() async {
        while lacks() {
            await waitForQuiet()
            do {
                let made = try await maker.make()
                let isWanted = state.withLock { state in
                    guard state.isOpen, state.ready.count < target else { return false }
                    state.ready.append(made)
                    return true
                }
                if !isWanted { await discard(made) }
            } catch {
                state.withLock { $0.filling = nil }
                // A start does without; the next one tries again.
                logger.warning("cannot prepare an init: \(error)")
                return
            }
        }
    }

    private func lacks() -> Bool {
        state.withLock { state in
            let lacks = state.isOpen && state.ready.count < target
            if !lacks { state.filling = nil }
            return lacks
        }
    }

    /// Returns at once where the stock runs low: then the next container would do the same work itself. The first filling
    /// waits all the same, since whoever opened the stock has more to do.
    private func waitForQuiet() async {
        while true {
            let rest: Duration? = state.withLock { state in
                let isLow = state.lastTake != nil && state.ready.count * 2 < target
                guard state.isOpen, let since = state.lastTake ?? state.opened, !isLow else { return nil }
                let passed = since.duration(to: .now)
                return passed < Self.quiet ? Self.quiet - passed : nil
            }
            guard let rest else { return }
            // A cancelled wait only fills sooner.
            do { try await Task.sleep(for: rest) } catch { return }
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
