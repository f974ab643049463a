import NIOCore
import Synchronization

/// What has been read from a connection and not yet taken, between the event loop and the one task that reads.
///
/// Holds at most about `highWater` bytes: the connection stops reading above, and goes on when half is taken.
final class ResponseInbox: Sendable {
    static let highWater = 256 << 10

    enum Item: Sendable {
        case head(ResponseHead, isHijacked: Bool)
        case bytes([UInt8])
    }

    private struct State {
        var items: [Item] = []
        var bytes = 0
        var isPaused = false
        var headCame = false
        var ending: Result<ResponseEnd, any Error>?
        var waiter: EventLoopPromise<Item?>?
    }

    private let state = Mutex(State())
    private let eventLoop: any EventLoop

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Puts an item at the end.
    func push(_ item: Item) {
        let waiter = state.withLock { state -> EventLoopPromise<Item?>? in
            guard state.ending == nil else { return nil }
            if case .head = item { state.headCame = true }
            if let waiter = state.waiter {
                state.waiter = nil
                return waiter
            }
            if case .bytes(let bytes) = item { state.bytes += bytes.count }
            state.items.append(item)
            return nil
        }
        waiter?.succeed(item)
    }

    /// Ends the stream after what is in it. The first ending holds; surplus bytes of a later one are added to it.
    func finish(_ ending: Result<ResponseEnd, any Error>) {
        let waiter = state.withLock { state -> EventLoopPromise<Item?>? in
            if case .success(var known) = state.ending, case .success(let more) = ending {
                known.surplus += more.surplus
                state.ending = .success(known)
            }
            guard state.ending == nil else { return nil }
            state.ending = ending
            defer { state.waiter = nil }
            return state.waiter
        }
        guard let waiter else { return }
        switch ending {
        case .success: waiter.succeed(nil)
        case .failure(let error): waiter.fail(error)
        }
    }

    /// Fails the stream where no head has come yet.
    func failUnlessHeadCame(_ error: DockerClientError) {
        guard !state.withLock({ $0.headCame }) else { return }
        finish(.failure(error))
    }

    /// What stood at the end, once it has come.
    var end: ResponseEnd? {
        state.withLock { state in
            if case .success(let end) = state.ending { end } else { nil }
        }
    }

    /// Whether the connection may read more; when not, `next` says so later through `resume`.
    func wantsMore() -> Bool {
        state.withLock { state in
            state.isPaused = state.bytes >= Self.highWater
            return !state.isPaused
        }
    }

    /// The next item, or `nil` at the end.
    func next(
        within deadline: Duration?, orFailWith error: @autoclosure () -> DockerClientError, resume: () -> Void
    ) async throws -> Item? {
        try Task.checkCancellation()
        enum Outcome {
            case item(Item?)
            case failed(any Error)
            case wait(EventLoopFuture<Item?>)
        }
        let (outcome, mayResume) = state.withLock { state -> (Outcome, Bool) in
            if !state.items.isEmpty {
                let item = state.items.removeFirst()
                if case .bytes(let bytes) = item { state.bytes -= bytes.count }
                let mayResume = state.isPaused && state.bytes <= Self.highWater / 2
                if mayResume { state.isPaused = false }
                return (.item(item), mayResume)
            }
            switch state.ending {
            case .success: return (.item(nil), false)
            case .failure(let error): return (.failed(error), false)
            case nil: break
            }
            guard state.waiter == nil else {
                return (.failed(DockerClientError.misuse("two tasks read from one stream at once")), false)
            }
            let promise = eventLoop.makePromise(of: Item?.self)
            state.waiter = promise
            return (.wait(promise.futureResult), false)
        }
        if mayResume { resume() }
        switch outcome {
        case .item(let item): return item
        case .failed(let error): throw error
        case .wait(let future):
            do {
                return try await future.value(within: deadline, orFailWith: error())
            } catch {
                // An abandoned wait ends the stream: what would have come next is lost to it.
                finish(.failure(error))
                throw error
            }
        }
    }
}
