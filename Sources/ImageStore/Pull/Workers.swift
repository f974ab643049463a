import NIOConcurrencyHelpers
import NIOPosix

/// The threads that may block, and how many of each kind of work run at once.
struct Workers: Sendable {
    /// Writes and removes files.
    let files: Pool
    /// Unpacks layers.
    let unpacking: Pool
    /// The second thread of each unpacking: as many as there are of the first, so that none waits for the other.
    let writing: Pool
    /// Lets only so many downloads run.
    let downloads: Gate

    init(_ configuration: ImageStoreConfiguration) {
        files = Pool(threads: 2)
        unpacking = Pool(threads: max(1, configuration.concurrentUnpacks))
        writing = Pool(threads: max(1, configuration.concurrentUnpacks))
        downloads = Gate(places: max(1, configuration.concurrentDownloads))
    }

    func shutdown() async throws {
        try await files.pool.shutdownGracefully()
        try await unpacking.pool.shutdownGracefully()
        try await writing.pool.shutdownGracefully()
    }

    /// Threads for blocking work, apart from those of Swift's tasks.
    struct Pool: Sendable {
        let pool: NIOThreadPool

        init(threads: Int) {
            pool = NIOThreadPool(numberOfThreads: threads)
            pool.start()
        }

        func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
            // The work is not abandoned on cancellation: what it began on the disk it brings to an end.
            try await Task { try await pool.runIfActive(work) }.value
        }
    }

    /// Counts who is inside, first come, first served.
    final class Gate: Sendable {
        private struct State {
            var free: Int
            var waiting: [(id: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
            var cancelled: Set<UInt64> = []
            var nextID: UInt64 = 0
        }
        private let state: NIOLockedValueBox<State>

        init(places: Int) { state = NIOLockedValueBox(State(free: places)) }

        /// Waits for a place; `leave` gives it back.
        ///
        /// - Throws: `CancellationError`, without a place.
        func enter(onWait: () -> Void) async throws {
            let id: UInt64? = state.withLockedValue { state in
                if state.free > 0 {
                    state.free -= 1
                    return nil
                }
                state.nextID += 1
                return state.nextID
            }
            guard let id else { return }
            onWait()
            let hasPlace = await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let answer: Bool? = state.withLockedValue { state in
                        if state.cancelled.remove(id) != nil { return false }
                        if state.free > 0 {
                            state.free -= 1
                            return true
                        }
                        state.waiting.append((id, continuation))
                        return nil
                    }
                    if let answer { continuation.resume(returning: answer) }
                }
            } onCancel: {
                let continuation = state.withLockedValue { state -> CheckedContinuation<Bool, Never>? in
                    guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
                        state.cancelled.insert(id)
                        return nil
                    }
                    return state.waiting.remove(at: index).continuation
                }
                continuation?.resume(returning: false)
            }
            state.withLockedValue { _ = $0.cancelled.remove(id) }
            guard hasPlace else { throw CancellationError() }
        }

        func leave() {
            let next = state.withLockedValue { state -> CheckedContinuation<Bool, Never>? in
                guard !state.waiting.isEmpty else {
                    state.free += 1
                    return nil
                }
                return state.waiting.removeFirst().continuation
            }
            next?.resume(returning: true)
        }
    }
}
