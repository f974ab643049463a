import DockerAPI
import NIOCore

/// Stands below TLS and says so when the peer answers a handshake in plain text: the first byte of every TLS record is
/// a content type from 20 to 23 (RFC 8446 section 5.1).
final class PlainTextDetector: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let endpoint: EndpointURL

    init(endpoint: EndpointURL) {
        self.endpoint = endpoint
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let first = unwrapInboundIn(data).readableBytesView.first else { return }
        guard (20...23).contains(first) else {
            context.fireErrorCaught(DockerClientError.tls(endpoint, .peerSpeaksPlain))
            return
        }
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
