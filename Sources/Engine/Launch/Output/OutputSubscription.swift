import CLinux
import Synchronization

/// One reader's share of a process's output, to be iterated by one task.
public final class OutputSubscription: AsyncSequence, Sendable {
    /// Bytes of one stream.
    public typealias Element = OutputChunk

    private struct State {
        var chunks: [OutputChunk] = []
        var first = 0
        var held = 0
        var lastTaken = clinux_monotonic_ns()
        var isFinished = false
        var error: OutputError?
        var waiter: CheckedContinuation<OutputChunk?, any Error>?
    }

    private let broadcaster: OutputBroadcaster
    private let state = Mutex(State())

    /// Bytes held for a reader before the process waits.
    static let limit = 1 << 20

    init(_ broadcaster: OutputBroadcaster) { self.broadcaster = broadcaster }

    deinit { broadcaster.remove(ObjectIdentifier(self)) }

    /// Wants nothing more; the iteration ends.
    public func cancel() {
        broadcaster.remove(ObjectIdentifier(self))
        finish(nil, dropping: true)
    }

    /// The iteration; an error is `OutputError.tooSlow`.
    public func makeAsyncIterator() -> Iterator { Iterator(subscription: self) }

    /// Takes chunk after chunk.
    public struct Iterator: AsyncIteratorProtocol {
        let subscription: OutputSubscription

        /// The next bytes; `nil` when the process has ended or the task is cancelled.
        public mutating func next() async throws -> OutputChunk? { try await subscription.next() }
    }

    private func next() async throws -> OutputChunk? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                take(continuation)
            }
        } onCancel: {
            cancel()
        }
    }

    private func take(_ continuation: CheckedContinuation<OutputChunk?, any Error>) {
        var gaveRoom = false
        let result = state.withLock { state -> Result<OutputChunk?, any Error>? in
            state.lastTaken = clinux_monotonic_ns()
            if state.first < state.chunks.count {
                let chunk = state.chunks[state.first]
                state.first += 1
                // In batches: a queue that never runs empty must not keep what was read.
                if state.first == state.chunks.count || state.first == 64 {
                    state.chunks.removeFirst(state.first)
                    state.first = 0
                }
                gaveRoom = state.held >= Self.limit && state.held - chunk.bytes.count < Self.limit
                state.held -= chunk.bytes.count
                return .success(chunk)
            }
            if let error = state.error { return .failure(error) }
            if state.isFinished { return .success(nil) }
            state.waiter = continuation
            return nil
        }
        if gaveRoom { broadcaster.hasRoomAgain() }
        if let result { continuation.resume(with: result) }
    }

    // MARK: - The process's side

    var isFull: Bool { state.withLock { $0.held >= Self.limit } }
    var lastTaken: Int64 { state.withLock { $0.lastTaken } }

    func append(_ chunk: OutputChunk) {
        let waiter = state.withLock { state -> CheckedContinuation<OutputChunk?, any Error>? in
            if state.isFinished { return nil }
            if let waiter = state.waiter {
                state.waiter = nil
                return waiter
            }
            state.chunks.append(chunk)
            state.held += chunk.bytes.count
            return nil
        }
        waiter?.resume(returning: chunk)
    }

    /// What is held stays to be read, unless it is dropped or the reader is cut off.
    func finish(_ error: OutputError?, dropping: Bool = false) {
        let waiter = state.withLock { state -> CheckedContinuation<OutputChunk?, any Error>? in
            if !state.isFinished { state.error = error }
            state.isFinished = true
            if dropping || error != nil {
                state.chunks = []
                state.first = 0
                state.held = 0
            }
            defer { state.waiter = nil }
            return state.waiter
        }
        if let error { waiter?.resume(throwing: error) } else { waiter?.resume(returning: nil) }
    }
}
