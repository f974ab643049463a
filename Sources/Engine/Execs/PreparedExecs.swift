import LinuxKernel
import Logging
import Synchronization

/// Monitors that wait in the cgroups of containers for the next command to be run there.
///
/// On cgroup v1 the first attachment after a pause waits for a grace period of the kernel, some 8 ms; a monitor that waits
/// in the container's cgroups has that behind it, and what it clones is in them from birth. It is in the container's
/// namespaces and under its filter, too, which the kernel would translate for every command. One is made when an exec is
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
        /// Those that may still hold a container's namespaces, by its ID.
        var inside: [String: [ProcessHandle]] = [:]
        /// Commands that began since the last round.
        var begun: [ExecProcess] = []
        /// Whether rounds are made, as they are while there is something to look after.
        var isLookedAfter = false
    }

    private let launcher: Launcher
    private let watcher: DescriptorWatcher
    private let home: [String]
    private let logger: Logger
    private let state = Mutex(State())

    init(_ host: HostContext, _ launcher: Launcher, logger: Logger) {
        self.launcher = launcher
        watcher = host.watcher
        self.logger = logger
        home = host.cgroups.canPrepare ? host.cgroups.ownProcsFiles : []
    }

    /// Has one made for the container of an exec where none waits, or one that serves no exec like this.
    func prepare(for exec: ExecProcess) {
        guard !home.isEmpty else { return }
        let container = exec.container
        let (cgroup, process, pidsLimit) = container.read {
            ($0.cgroup, $0.process, $0.record.hostConfiguration.resources.pidsLimit ?? 0)
        }
        // One that waits would take a place from a container that may have so many processes only.
        guard let cgroup, let process, pidsLimit <= 0, !container.state.isPaused else { return }
        let place = exec.place(in: process)
        let (isWanted, other) = state.withLock { state -> (Bool, Entry?) in
            guard state.isOpen else { return (false, nil) }
            if state.waiting[container.id]?.process.serves(place) == true { return (false, nil) }
            return (true, state.waiting.removeValue(forKey: container.id))
        }
        if let other { Self.end(other) }
        guard isWanted else { return }
        let parked: ParkedProcess
        do { parked = try launcher.parkExec(CgroupPlacement(cgroup), home: home, in: place) } catch {
            // The exec does without.
            return logger.warning("cannot prepare an exec in container \(container.shortID): \(error)")
        }
        let ready = Task { await parked.isReady() }
        let surplus = state.withLock { state -> Entry? in
            guard state.isOpen, state.waiting[container.id] == nil else { return nil }
            var surplus: Entry?
            if state.waiting.count >= Self.limit,
                let oldest = state.waiting.min(by: { $0.value.since < $1.value.since })?.key
            {
                surplus = state.waiting.removeValue(forKey: oldest)
            }
            state.waiting[container.id] = Entry(process: parked, ready: ready, since: .now)
            lookAfter(&state)
            return surplus
        }
        if let surplus { Self.end(surplus) }
        // Ended meanwhile: whoever removes its cgroups may have been here before us.
        if container.read({ $0.process }) !== process { drop(container) }
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
        for exec in begun where exec.isRunning { prepare(for: exec) }
        return state.withLock { state in
            state.isLookedAfter = state.isOpen && !(state.waiting.isEmpty && state.begun.isEmpty)
            return state.isLookedAfter
        }
    }

    /// The one that waits for an exec like this, or is about to; nil where there is none.
    func take(for exec: ExecProcess) async -> ParkedProcess? {
        let id = exec.container.id
        guard let entry = state.withLock({ $0.waiting.removeValue(forKey: id) }) else { return nil }
        guard await entry.ready.value else { return nil }
        if entry.process.place != nil, let monitor = entry.process.monitor { isInside(monitor, of: exec.container) }
        return entry.process
    }

    /// Notes that a monitor keeps what is mounted in a container.
    func isInside(_ monitor: ProcessHandle, of container: Container) {
        state.withLock { state in
            state.inside[container.id, default: []].removeAll { $0.hasExited }
            state.inside[container.id, default: []].append(monitor)
        }
    }

    /// Lets the one of a container end.
    func drop(_ container: Container) {
        if let entry = state.withLock({ $0.waiting.removeValue(forKey: container.id) }) { Self.end(entry) }
    }

    /// Waits until none of a container that has ended holds its mounts any more.
    ///
    /// - Returns: `false` where that takes longer.
    func depart(_ container: Container, within limit: Duration) async -> Bool {
        let deadline = ContinuousClock.now + limit
        let inside = state.withLock { $0.inside.removeValue(forKey: container.id) } ?? []
        for monitor in inside {
            do {
                guard try await monitor.exited(watcher: watcher, timeout: deadline - .now) else { return false }
            } catch {
                logger.warning("cannot wait for monitor \(monitor.pid): \(error)")
            }
        }
        return true
    }

    /// Its process number, where one waits.
    func monitor(of container: Container) -> Int32? {
        state.withLock { $0.waiting[container.id]?.process.monitor?.pid }
    }

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
