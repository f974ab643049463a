import NIOCore
import NIOHTTP1
import NIOPosix

/// The NIO side of a listening port.
enum Listener {
    /// How long a connection may carry nothing in either direction.
    private static let idleLimit = TimeAmount.minutes(2)

    static func bind(host: String, port: Int) async throws -> NIOAsyncChannel<HTTPChannel, Never> {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // A client may end its side as soon as it has asked (RFC 9112 section 9.6); the answer is still wanted.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandlers(
                        IdleStateHandler(allTimeout: idleLimit), IdleConnectionHandler())
                    return try HTTPChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    static func run(_ listener: NIOAsyncChannel<HTTPChannel, Never>, _ connection: Connection) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            try await listener.executeThenClose { clients in
                for try await client in clients {
                    group.addTask {
                        // What goes wrong on one connection is that client's loss, and closes it.
                        do { try await connection.serve(client) } catch { return }
                    }
                }
            }
            group.cancelAll()
        }
    }
}

/// Closes a connection on which nothing has moved for too long.
private final class IdleConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}
