import Synchronization

/// What a running command has written so far, and whether it has ended; others wait on it for what they need.
final class OutputTape: Sendable {
    /// How a command came to its end.
    enum Ending: Sendable {
        /// With this exit code; 128 and the signal's number where a signal ended it.
        case exited(Int32)
        /// The driver could not go on.
        case failed(any Error)
    }

    /// What is known at one moment.
    struct Content: Sendable {
        var stdout: [UInt8] = []
        var stderr: [UInt8] = []
        /// Whether the request that the command waits on was answered with headers.
        var isReady = false
        var ending: Ending?
    }

    /// The bytes that are kept of one command; one that writes more is stopped.
    static let maximumBytes = 64 << 20

    private struct State {
        var content = Content()
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var cancelled: Set<Int> = []
        var nextWaiter = 0
        var version = 0
    }

    private let state = Mutex(State())

    var content: Content { state.withLock { $0.content } }

    func appendOutput(_ bytes: [UInt8]) { change { $0.stdout += bytes } }
    func appendError(_ bytes: [UInt8]) { change { $0.stderr += bytes } }
    func markReady() { change { $0.isReady = true } }

    /// Notes the end; the first one counts.
    func end(_ ending: Ending) {
        change { $0.ending = $0.ending ?? ending }
    }

    /// Suspends until the condition answers something other than `nil`.
    ///
    /// - Throws: `CancellationError`, or what the condition throws.
    func wait<Value: Sendable>(for condition: @Sendable (Content) throws -> Value?) async throws -> Value {
        while true {
            let (content, version) = state.withLock { ($0.content, $0.version) }
            if let value = try condition(content) { return value }
            try await change(after: version)
        }
    }

    private func change(_ body: (inout Content) -> Void) {
        let waiters = state.withLock { state in
            body(&state.content)
            if state.content.stdout.count + state.content.stderr.count > Self.maximumBytes, state.content.ending == nil
            {
                state.content.ending = .failed(OutputTooLong(limit: Self.maximumBytes))
            }
            state.version += 1
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    private func change(after version: Int) async throws {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
                    if state.version != version { return .success(()) }
                    state.waiters[id] = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: id)
                if waiter == nil { state.cancelled.insert(id) }
                return waiter
            }
            waiter?.resume(throwing: CancellationError())
        }
    }
}

/// A command wrote more than the harness keeps.
struct OutputTooLong: Error, CustomStringConvertible {
    let limit: Int
    var description: String { "the command wrote more than \(limit >> 20) MiB" }
}
