import DockerAPI
import NIOCore
import NIOSSL
import NIOTLS

/// The last handler of a connection: records what passes and feeds the answer to the inbox. Lives on the event loop.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let endpoint: EndpointURL
    private let inbox: ResponseInbox
    private let record: ConnectionRecord
    private let secured: EventLoopPromise<Void>?
    private let request: String
    private var parser: ResponseParser
    private var closedByUs = false
    private var closedByPeer = false

    init(
        endpoint: EndpointURL, inbox: ResponseInbox, record: ConnectionRecord, secured: EventLoopPromise<Void>?,
        request: String, parser: ResponseParser
    ) {
        self.endpoint = endpoint
        self.inbox = inbox
        self.record = record
        self.secured = secured
        self.request = request
        self.parser = parser
    }

    func channelActive(context: ChannelHandlerContext) {
        record.note(.connected)
        context.fireChannelActive()
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(unwrapInboundIn(data).readableBytesView)
        record.note(.received(bytes))
        do {
            for event in try parser.feed(bytes) { deliver(event) }
        } catch {
            let failure: DockerClientError =
                error == .tlsRecord
                ? .tls(endpoint, .peerSpeaksTLS)
                : .malformedResponse(endpoint, request: request, fault: error)
            fail(failure, context: context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if !closedByPeer && inbox.wantsMore() { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        record.note(.sent(Array(unwrapOutboundIn(data).readableBytesView)))
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output {
            record.note(.halfClosedByUs)
        } else if !closedByUs {
            closedByUs = true
            record.noteClosing(by: .client)
        }
        context.close(mode: mode, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: peerClosed()
        case TLSUserEvent.handshakeCompleted:
            record.note(.secured)
            secured?.succeed()
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !closedByUs { peerClosed() }
        inbox.finish(.failure(DockerClientError.misuse("the stream was closed by this side")))
        secured?.fail(DockerClientError.closedEarly(endpoint, awaited: "the TLS handshake", receivedBytes: 0))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A peer that ends TLS without close_notify ends it all the same; a short body shows by its framing.
        if case NIOSSLError.uncleanShutdown = error { return }
        guard !closedByUs else { return }
        fail(failure(for: error), context: context)
    }

    private func failure(for error: any Error) -> DockerClientError {
        if let error = error as? DockerClientError { return error }
        if secured != nil, let text = FailureText.tls(error) { return .tls(endpoint, .handshake(text)) }
        return .connectionLost(endpoint, awaited: parser.awaited, reason: FailureText.system(error))
    }

    private func fail(_ error: DockerClientError, context: ChannelHandlerContext) {
        record.note(.failed(error.description))
        inbox.finish(.failure(error))
        secured?.fail(error)
        if case .connectionLost = error, !closedByPeer {
            // A reset is the peer's doing, and the close that follows is no decision of ours.
            closedByPeer = true
            closedByUs = true
            record.noteClosing(by: .peer)
        }
        context.channel.close(promise: nil)
    }

    private func peerClosed() {
        guard !closedByPeer else { return }
        closedByPeer = true
        record.noteClosing(by: .peer)
        if let end = parser.finish() {
            inbox.finish(.success(end))
        } else {
            inbox.finish(
                .failure(
                    DockerClientError.closedEarly(
                        endpoint, awaited: "\(parser.awaited) to \(request)", receivedBytes: parser.receivedBytes)))
        }
    }

    private func deliver(_ event: ResponseParser.Event) {
        switch event {
        case .informational(let head): record.note(.headReceived(head))
        case .head(let head, let isHijacked):
            record.note(.headReceived(head))
            inbox.push(.head(head, isHijacked: isHijacked))
        case .body(let bytes): inbox.push(.bytes(bytes))
        case .end(let end): inbox.finish(.success(end))
        }
    }
}
