import NIOCore
import NIOPosix
import NIOSSL
import TestSupport

/// A TLS server on 127.0.0.1 that answers each request with a text, or, asked to upgrade, echoes until the client ends
/// its side, and says `bye`.
final class TLSServer: Sendable {
    let port: Int
    private let channel: any Channel

    init(answer: String, demandsClientCertificate: Bool) async throws {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.server.utf8)).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(TestCertificates.serverKey.utf8), format: .pem)))
        if demandsClientCertificate {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.authority.utf8)))
        }
        let context = try NIOSSLContext(configuration: configuration)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOSSLServerHandler(context: context), Handler(answer: answer),
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    deinit { channel.close(promise: nil) }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let answer: String
        private var head = ""
        private var isUpgraded = false

        init(answer: String) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            if isUpgraded {
                context.writeAndFlush(NIOAny(buffer), promise: nil)
                return
            }
            head += String(buffer: buffer)
            guard head.contains("\r\n\r\n") else { return }
            isUpgraded = head.contains("Upgrade: tcp")
            context.writeAndFlush(NIOAny(ByteBuffer(string: isUpgraded ? upgraded : answer)), promise: nil)
            if !isUpgraded { context.close(promise: nil) }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case ChannelEvent.inputClosed = event, isUpgraded else { return }
            context.writeAndFlush(NIOAny(ByteBuffer(string: "bye")), promise: nil)
            context.close(promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
