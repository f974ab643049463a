import Synchronization

/// When the cgroups of ended containers are removed: in the quiet after a burst, and in one that goes on many at once.
///
/// The kernel takes the longer to let a cgroup go the more containers there are, 2 ms with 500, and has every change of any
/// cgroup wait meanwhile (cgroup_mutex; mem_cgroup_css_offline), so that the next start would.
final class EndedCgroups: Sendable {
    /// How long nobody must have started anything.
    private static let quiet: Duration = .milliseconds(20)
    /// How long one waits for that.
    private static let patience: Duration = .milliseconds(500)
    /// How many wait at once.
    private static let limit = 32

    private struct Waiting {
        let since = ContinuousClock.now
        let turn: CheckedContinuation<Void, Never>
    }

    private struct State {
        var waiting: [String: Waiting] = [:]
        /// Those that somebody waits for before they wait.
        var hurried: Set<String> = []
        var lastStart = ContinuousClock.now
        var isWatched = false
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Says that a container is about to be started.
    func startBegins() { state.withLock { $0.lastStart = .now } }

    /// Returns when the cgroup of an ended container may be removed.
    func turn(of container: String) async {
        await withCheckedContinuation { continuation in
            let released = state.withLock { state -> [Waiting] in
                let isHurried = state.hurried.remove(container) != nil
                let own = Waiting(turn: continuation)
                if state.isClosed || isHurried { return [own] }
                state.waiting[container] = own
                if state.waiting.count >= Self.limit { return Self.all(&state) }
                watch(&state)
                return []
            }
            for one in released { one.turn.resume() }
        }
    }

    /// Somebody waits for the cgroup of an ended container to be gone, which it is not yet.
    func hurry(_ container: String) {
        let waiting = state.withLock { state -> Waiting? in
            if let waiting = state.waiting.removeValue(forKey: container) { return waiting }
            // Bounded: one that is forgotten waits, for a moment.
            if state.hurried.count >= 256 { state.hurried.removeAll() }
            state.hurried.insert(container)
            return nil
        }
        waiting?.turn.resume()
    }

    /// Lets none wait any more.
    func close() {
        let released = state.withLock { state in
            state.isClosed = true
            return Self.all(&state)
        }
        for one in released { one.turn.resume() }
    }

    private static func all(_ state: inout State) -> [Waiting] {
        defer { state.waiting = [:] }
        return Array(state.waiting.values)
    }

    private func watch(_ state: inout State) {
        guard !state.isWatched else { return }
        state.isWatched = true
        Task { [self] in
            while let rest = rest() {
                // Cancelled by nobody.
                do { try await Task.sleep(for: rest) } catch { return close() }
            }
        }
    }

    /// How long to wait before it is looked again; lets them go when it is time, and answers nil when none waits.
    private func rest() -> Duration? {
        let (released, rest) = state.withLock { state -> ([Waiting], Duration?) in
            guard let oldest = state.waiting.values.map(\.since).min() else {
                state.isWatched = false
                return ([], nil)
            }
            let now = ContinuousClock.now
            let end = min(state.lastStart + Self.quiet, oldest + Self.patience)
            guard now >= end else { return ([], end - now) }
            state.isWatched = false
            return (Self.all(&state), nil)
        }
        for one in released { one.turn.resume() }
        return rest
    }
}
