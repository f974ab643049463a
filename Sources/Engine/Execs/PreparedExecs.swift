import LinuxKernel
import Logging
import Synchronization

/// Monitors that wait in the cgroups of containers for the next command to be run there.
///
/// On cgroup v1 the first attachment after a pause waits for a grace period of the kernel, some 8 ms; a monitor that waits
/// in the container's cgroups has that behind it, and what it clones is in them from birth. One is made when an exec is
/// created, another when it has ended or runs on, since where something is executed more often follows (health checks above
/// all).
/// They let go of a container that ends or is frozen, and of one where nothing follows for a while. On v2 there are none:
/// there a process is born in its cgroup.
final class PreparedExecs: Sendable {
    /// How long one waits for a command.
    private static let patience: Duration = .seconds(40)
    /// How long a command runs undisturbed: most are over by then.
    private static let pause: Duration = .milliseconds(20)
    /// How many wait at once; the one that has waited longest makes room.
    private static let limit = 16

    private struct Entry {
        let number: Int
        let process: ParkedProcess
        let ready: Task<Bool, Never>
        let expiry: Task<Void, Never>
    }

    private struct State {
        var isOpen = true
        var count = 0
        var waiting: [String: Entry] = [:]
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
                let oldest = state.waiting.min(by: { $0.value.number < $1.value.number })?.key
            {
                surplus = state.waiting.removeValue(forKey: oldest)
            }
            state.count += 1
            let number = state.count
            let expiry = Task { [weak self] in
                // Cancelled where it was taken.
                do { try await Task.sleep(for: Self.patience) } catch { return }
                self?.drop(container.id, number: number)
            }
            state.waiting[container.id] = Entry(number: number, process: process, ready: ready, expiry: expiry)
            return surplus
        }
        if let surplus { Self.end(surplus) }
        // Ended meanwhile: whoever removes its cgroups may have been here before us.
        if container.read({ $0.cgroup }) == nil { drop(container) }
    }

    /// Has one made when a command that has just begun still runs after a while; the end of a shorter one has one made.
    func prepareSoon(for exec: ExecProcess) {
        guard !home.isEmpty else { return }
        Task { [weak self] in
            // Cancelled by nobody: it is over at once.
            do { try await Task.sleep(for: Self.pause) } catch { return }
            if exec.isRunning { self?.prepare(for: exec.container) }
        }
    }

    /// The one that waits, or is about to; nil where there is none.
    func take(for container: Container) async -> ParkedProcess? {
        guard let entry = state.withLock({ $0.waiting.removeValue(forKey: container.id) }) else { return nil }
        entry.expiry.cancel()
        return await entry.ready.value ? entry.process : nil
    }

    /// Lets the one of a container end.
    func drop(_ container: Container) { drop(container.id, number: nil) }

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

    private func drop(_ id: String, number: Int?) {
        let entry = state.withLock { state -> Entry? in
            guard let entry = state.waiting[id], number == nil || entry.number == number else { return nil }
            state.waiting[id] = nil
            return entry
        }
        if let entry { Self.end(entry) }
    }

    /// A monitor whose socket is closed ends by itself.
    private static func end(_ entry: Entry) {
        entry.expiry.cancel()
        _ = entry.process.take()
    }
}
