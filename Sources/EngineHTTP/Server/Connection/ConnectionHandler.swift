import NIOCore
import NIOHTTP1

/// One connection: a request after the other, until one of them becomes a stream.
///
/// Lives on its event loop; operations run on the concurrency pool and come back through `BodyWriter`.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    /// Where the connection stands.
    enum State {
        /// Waiting for a head.
        case idle
        /// Reading a document.
        case collecting(Exchange, ByteBuffer)
        /// An operation is at work; its body may still be coming.
        case running(Exchange)
        /// A stream of bytes.
        case hijacked
        /// The last answer is out.
        case ending
    }

    let shared: ConnectionContext
    var state = State.idle
    var context: ChannelHandlerContext?
    var task: Task<Void, Never>?
    var held: HeldRequest?
    /// Where the bytes of a streamed body or a hijacked connection go.
    var input: ByteInput.Producer.Source?
    /// Operations that wait until the client has taken what was sent.
    private var waiting: [CheckedContinuation<Void, any Error>] = []
    private var documentDeadline: Scheduled<Void>?
    private var endDeadline: Scheduled<Void>?
    /// Whether nothing more is written; what was written may still be on its way.
    private var outputIsClosed = false
    /// Whether the client was told that nothing more comes.
    private var outputHasClosed = false
    private var whenOutputIsClosed: [() -> Void] = []
    private(set) var inputIsClosed = false
    private var gateStorage: RequestGate?

    init(shared: ConnectionContext) {
        self.shared = shared
    }

    /// The gate before the decoder, made with this handler.
    var gate: RequestGate {
        if let gateStorage { return gateStorage }
        let gate = RequestGate(limits: shared.limits, delegate: self)
        gateStorage = gate
        return gate
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        gateStorage = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        documentDeadline?.cancel()
        endDeadline?.cancel()
        input?.finish(ClientGone())
        input = nil
        resumeWaiting(with: .failure(ClientGone()))
        switch state {
        case .running(let exchange) where exchange.route.abandoning == .cancels: task?.cancel()
        case .hijacked:
            // What the client said before it went is heard: its reader meets the end behind that, or runs out of time.
            context.eventLoop.assumeIsolated().scheduleTask(in: shared.limits.lingerTime) { [task] in task?.cancel() }
        default: break
        }
        state = .ending
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { resumeWaiting(with: .success(())) }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ServerIsClosing else { return context.fireUserInboundEventTriggered(event) }
        switch state {
        case .idle, .collecting: linger()
        case .running(let exchange) where exchange.route.abandoning == .cancels: task?.cancel()
        case .hijacked: task?.cancel()
        case .running, .ending: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case ByteToMessageDecoderError.leftoverDataWhenDone(let bytes): received(bytes)
        case is HTTPParserError: refuse(.badRequest, "malformed HTTP request: \(error)")
        case is IOError where isEnding, is ChannelError where isEnding: context.close(promise: nil)
        default:
            shared.logger.debug("a connection failed", metadata: ["error": "\(error)"])
            context.close(promise: nil)
        }
    }

    private var isEnding: Bool { if case .ending = state { true } else { false } }

    // MARK: - A request

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, context)
        case .body(let bytes): receiveBody(bytes)
        case .end: if held == nil { endBody() } else { held?.hasEnded = true }
        }
    }

    func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard case .idle = state else {
            // Sent behind a chunked body, in the same packet: it is not answered, and the client will see that.
            if case .running(var exchange) = state {
                exchange.keepsAlive = false
                state = .running(exchange)
            }
            return
        }
        let length: BodyLength
        let exchange: Exchange
        do {
            length = try RequestFraming.bodyLength(head)
            try shared.hostRule?.check(head.headers)
            switch shared.routing.find(head.method, head.uri) {
            case .notYet: return hold(head, context)
            case .refused(let reply): return refuse(reply, head)
            case .found(let route, let version, let names, let query):
                exchange = Exchange(
                    head: head, route: route, version: version, names: names, query: query,
                    documentLimit: shared.limits.documentBytes)
            }
            if case .bytes(let count) = length, exchange.route.input == .document, count > exchange.documentLimit {
                throw BadRequest("http: request body too large", status: .payloadTooLarge)
            }
        } catch let error as BadRequest {
            return refuse(.failure(error.status, error.description), head)
        } catch {
            return refuse(.internalServerError, "\(error)")
        }
        gateStorage?.expectBody(length)
        if length != .none, head.headers["Expect"].contains(where: { $0.lowercased() == "100-continue" }) {
            write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"))
        }
        switch exchange.route.input {
        case .document:
            state = .collecting(exchange, ByteBuffer())
            if length != .none { startDocumentDeadline(context) }
        case .stream:
            start(exchange, body: .stream(makeInput(context)))
        }
    }

    private func receiveBody(_ bytes: ByteBuffer) {
        switch state {
        case .collecting(let exchange, var document):
            var bytes = bytes
            guard document.readableBytes + bytes.readableBytes <= exchange.documentLimit else {
                return refuse(.failure(.payloadTooLarge, "http: request body too large"), exchange.head)
            }
            state = .idle
            document.writeBuffer(&bytes)
            state = .collecting(exchange, document)
        case .running:
            if let input, case .stopProducing = input.yield(bytes) { gateStorage?.demand(false) }
        case .idle, .hijacked, .ending: break
        }
    }

    func endBody() {
        gateStorage?.bodyEnded()
        documentDeadline?.cancel()
        switch state {
        case .collecting(var exchange, let document):
            exchange.bodyIsComplete = true
            start(exchange, body: .document(document))
        case .running(var exchange):
            exchange.bodyIsComplete = true
            state = .running(exchange)
            input?.finish()
            input = nil
        case .idle, .hijacked, .ending: break
        }
    }

    private func startDocumentDeadline(_ context: ChannelHandlerContext) {
        documentDeadline = context.eventLoop.assumeIsolated().scheduleTask(in: shared.limits.documentTime) {
            [weak self] in self?.refuse(.requestTimeout, "the request body did not arrive in time")
        }
    }

    // MARK: - The operation

    private func start(_ exchange: Exchange, body: Call.Body) {
        guard let context else { return }
        state = .running(exchange)
        let reply: Reply
        do { reply = try exchange.route.handle(exchange.call(body: body)) } catch {
            reply = ErrorTable.reply(to: error, logger: shared.logger)
        }
        if case .later(let work) = reply.body { return run(work) }
        let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
        // Not from within the decoder, which the next request may stand behind.
        context.eventLoop.execute { connection.value.answer(reply) }
    }

    /// Has a task make the answer.
    func run(_ work: @escaping @Sendable () async throws -> Reply) {
        guard let eventLoop = context?.eventLoop else { return }
        let connection = NIOLoopBound(self, eventLoop: eventLoop)
        let logger = shared.logger
        task = Task {
            let reply: Reply
            do { reply = try await work() } catch { reply = ErrorTable.reply(to: error, logger: logger) }
            eventLoop.execute { connection.value.answer(reply) }
        }
    }

    /// Opens the way for a streamed body or hijacked input.
    func makeInput(_ context: ChannelHandlerContext) -> ByteInput {
        let (bytes, source) = ByteInput.make(
            eventLoop: context.eventLoop, connection: NIOLoopBound(self, eventLoop: context.eventLoop))
        input = source
        return bytes
    }

    // MARK: - Bytes out

    /// Writes bytes of an answer under way, for an operation that may have to wait.
    func send(_ bytes: ByteBuffer, _ continuation: CheckedContinuation<Void, any Error>) {
        guard let context, context.channel.isActive, !outputIsClosed else {
            return continuation.resume(throwing: ClientGone())
        }
        if hasWaitingHead { sendWaitingHead() }
        if case .running(let exchange) = state, exchange.isChunked {
            var chunk = context.channel.allocator.buffer(capacity: bytes.readableBytes + 16)
            chunk.writeChunk(bytes)
            write(chunk)
        } else {
            write(bytes)
        }
        if context.channel.isWritable { continuation.resume() } else { waiting.append(continuation) }
    }

    func write(_ bytes: ByteBuffer) {
        guard let context, bytes.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    private func resumeWaiting(with result: Result<Void, any Error>) {
        let waiting = waiting
        self.waiting = []
        for continuation in waiting { continuation.resume(with: result) }
    }

    /// Closes this half once the client has taken everything.
    func closeOutput() { closeOutput {} }

    private func closeOutput(_ closed: @escaping () -> Void) {
        whenOutputIsClosed.append(closed)
        if outputHasClosed { return tellOutputIsClosed() }
        guard let context, !outputIsClosed else { return }
        outputIsClosed = true
        context.close(mode: .output).assumeIsolated().whenComplete { [weak self] _ in
            self?.outputHasClosed = true
            self?.tellOutputIsClosed()
        }
    }

    private func tellOutputIsClosed() {
        let waiting = whenOutputIsClosed
        whenOutputIsClosed = []
        for closed in waiting { closed() }
    }

    // MARK: - Ending

    /// Lets the client read the last answer: closes this half, reads what it still sends away for a moment, then closes.
    func linger() {
        guard let context else { return }
        state = .ending
        documentDeadline?.cancel()
        input?.finish(ClientGone())
        input = nil
        guard context.channel.isActive else { return }
        closeAfter(shared.limits.idleTime)
        gateStorage?.discard()
        closeOutput { [weak self] in
            guard let self else { return }
            closeAfter(inputIsClosed ? .zero : shared.limits.lingerTime)
        }
    }

    private func closeAfter(_ time: TimeAmount) {
        endDeadline?.cancel()
        guard time > .zero else {
            context?.close(promise: nil)
            return
        }
        endDeadline = context?.eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in
            self?.context?.close(promise: nil)
        }
    }

    /// Ends the connection without a last chunk, so that the client knows that something is missing.
    func abort() {
        state = .ending
        context?.close(promise: nil)
    }

    func noteInputClosed() { inputIsClosed = true }
}
