import LinuxKernel
import Logging
import Synchronization

/// Monitors that wait in the cgroups of containers for the next command to be run there.
///
/// On cgroup v1 the first attachment after a pause waits for a grace period of the kernel, some 8 ms; a monitor that waits
/// in the container's cgroups has that behind it, and what it clones is in them from birth. One is made when an exec is
/// created, another when its client has left or it runs on, since where something is executed more often follows (health
/// checks above all).
/// They let go of a container that ends or is frozen, and of one where nothing follows for a while. On v2 there are none:
/// there a process is born in its cgroup.
final class PreparedExecs: Sendable {
    /// How long one waits for a command.
    private static let patience: Duration = .seconds(40)
    /// How often it is looked after those that wait too long and commands that run on: a timer for each would cost every
    /// exec three turns of another thread.
    private static let round: Duration = .milliseconds(500)
    /// How many wait at once; the one that has waited longest makes room.
    private static let limit = 16

    private struct Entry {
        let process: ParkedProcess
        let ready: Task<Bool, Never>
        let since: ContinuousClock.Instant
    }

    private struct State {
        var isOpen = true
        var waiting: [String: Entry] = [:]
        /// Commands that began since the last round.
        var begun: [ExecProcess] = []
        /// Whether rounds are made, as they are while there is something to look after.
        var isLookedAfter = false
    }

    private let launcher: Launcher
    private let home: [String]
    private let logger: Logger
    private let state = Mutex(State())

    init(_ cgroups: CgroupDriver, _ launcher: Launcher, logger: Logger) {
        self.launcher = launcher
        self.logger = logger
        home = cgroups.canPrepare ? cgroups.ownProcsFiles : []
    }

    /// Has one made for a container that has none.
    func prepare(for container: Container) {
        guard !home.isEmpty else { return }
        let (cgroup, pidsLimit) = container.read { ($0.cgroup, $0.record.hostConfiguration.resources.pidsLimit ?? 0) }
        // One that waits would take a place from a container that may have so many processes only.
        guard let cgroup, pidsLimit <= 0, !container.state.isPaused else { return }
        let isWanted = state.withLock { $0.isOpen && $0.waiting[container.id] == nil }
        guard isWanted else { return }
        let process: ParkedProcess
        do { process = try launcher.parkExec(CgroupPlacement(cgroup), home: home) } catch {
            // The exec does without.
            return logger.warning("cannot prepare an exec in container \(container.shortID): \(error)")
        }
        let ready = Task { await process.isReady() }
        let surplus = state.withLock { state -> Entry? in
            guard state.isOpen, state.waiting[container.id] == nil else { return nil }
            var surplus: Entry?
            if state.waiting.count >= Self.limit,
                let oldest = state.waiting.min(by: { $0.value.since < $1.value.since })?.key
            {
                surplus = state.waiting.removeValue(forKey: oldest)
            }
            state.waiting[container.id] = Entry(process: process, ready: ready, since: .now)
            lookAfter(&state)
            return surplus
        }
        if let surplus { Self.end(surplus) }
        // Ended meanwhile: whoever removes its cgroups may have been here before us.
        if container.read({ $0.cgroup }) == nil { drop(container) }
    }

    /// Has one made when a command that has just begun runs on; the end of a shorter one has its own made.
    func prepareSoon(for exec: ExecProcess) {
        guard !home.isEmpty else { return }
        state.withLock { state in
            guard state.isOpen else { return }
            state.begun.append(exec)
            lookAfter(&state)
        }
    }

    private func lookAfter(_ state: inout State) {
        guard !state.isLookedAfter else { return }
        state.isLookedAfter = true
        Task { [weak self] in
            // Cancelled by nobody: it ends with the first round that finds nothing.
            repeat { do { try await Task.sleep(for: Self.round) } catch { return } } while self?.lookOnce() == true
        }
    }

    /// Whether anything is left to look after.
    private func lookOnce() -> Bool {
        let (begun, expired) = state.withLock { state in
            let expired = state.waiting.filter { ContinuousClock.now - $0.value.since > Self.patience }
            for id in expired.keys { state.waiting[id] = nil }
            defer { state.begun = [] }
            return (state.begun, Array(expired.values))
        }
        expired.forEach(Self.end)
        for exec in begun where exec.isRunning { prepare(for: exec.container) }
        return state.withLock { state in
            state.isLookedAfter = state.isOpen && !(state.waiting.isEmpty && state.begun.isEmpty)
            return state.isLookedAfter
        }
    }

    /// The one that waits, or is about to; nil where there is none.
    func take(for container: Container) async -> ParkedProcess? {
        guard let entry = state.withLock({ $0.waiting.removeValue(forKey: container.id) }) else { return nil }
        return await entry.ready.value ? entry.process : nil
    }

    /// Lets the one of a container end.
    func drop(_ container: Container) {
        if let entry = state.withLock({ $0.waiting.removeValue(forKey: container.id) }) { Self.end(entry) }
    }

    /// Its process number, where one waits.
    func monitor(of container: Container) -> Int32? { state.withLock { $0.waiting[container.id]?.process.monitor } }

    /// Lets all end, and makes no more.
    func close() {
        let all = state.withLock { state in
            defer { state.waiting = [:] }
            state.isOpen = false
            return Array(state.waiting.values)
        }
        all.forEach(Self.end)
    }

    /// A monitor whose socket is closed ends by itself.
    private static func end(_ entry: Entry) { _ = entry.process.take() }
}
