import CLinux
import OCI
import Synchronization

/// Measures the phases of an operation, one after the other.
final class PhaseClock: Sendable {
    private struct State {
        var last = clinux_monotonic_ns()
        var phases: [Phase] = []
    }

    private let state = Mutex(State())

    var phases: [Phase] { state.withLock { $0.phases } }

    /// Ends the present phase and begins the next.
    func mark(_ name: String) {
        state.withLock { state in
            let now = clinux_monotonic_ns()
            state.phases.append(Phase(name, nanoseconds: now - state.last))
            state.last = now
        }
    }

    /// Takes phases over that somebody else measured, in the place of the present one.
    func add(_ phases: [Phase]) {
        state.withLock { state in
            state.phases += phases
            state.last = clinux_monotonic_ns()
        }
    }
}

extension Timestamp {
    /// This moment.
    static var now: Timestamp { Timestamp(nanosecondsSince1970: clinux_realtime_ns()) }
}
