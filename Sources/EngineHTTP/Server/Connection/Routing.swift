import NIOCore
import NIOHTTP1
import Synchronization

/// The router of a server, which may be one of few operations until the one of all of them is there.
final class Routing: Sendable {
    private struct State {
        var router: Router
        /// How often an operation was looked for.
        var count = 0
        /// What waits for the next router.
        var waiting: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>

    init(_ router: Router) {
        state = Mutex(State(router: router))
    }

    /// The operation of a request line.
    func find(_ method: HTTPMethod, _ target: String) -> Router.Outcome {
        let router = state.withLock { state in
            state.count += 1
            return state.router
        }
        return router.find(method, target)
    }

    /// How often an operation was looked for so far.
    var count: Int { state.withLock { $0.count } }

    /// Calls back at the next router, or at once where that finds the operation by now.
    func wait(for head: HTTPRequestHead, _ callback: @escaping @Sendable () -> Void) {
        let isThere = state.withLock { state in
            if case .notYet = state.router.find(head.method, head.uri) {
                state.waiting.append(callback)
                return false
            }
            return true
        }
        if isThere { callback() }
    }

    /// Puts the next router in the place of this one.
    func replace(by router: Router) {
        let waiting = state.withLock { state in
            defer { state = State(router: router, count: state.count) }
            return state.waiting
        }
        for callback in waiting { callback() }
    }
}

extension ConnectionHandler {
    /// A request whose operation is not there yet. The gate lets nothing of its body through meanwhile.
    struct HeldRequest {
        let head: HTTPRequestHead
        /// Whether it has no body.
        var hasEnded = false
    }

    /// Keeps a request until there is a router that knows its operation.
    func hold(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        held = HeldRequest(head: head)
        let eventLoop = context.eventLoop
        let connection = NIOLoopBound(self, eventLoop: eventLoop)
        shared.routing.wait(for: head) { eventLoop.execute { connection.value.takeUpHeld() } }
    }

    private func takeUpHeld() {
        guard let held, let context, case .idle = state else { return }
        self.held = nil
        begin(held.head, context)
        // The body may be here already.
        if held.hasEnded { endBody() } else { gate.demand(true) }
    }
}
