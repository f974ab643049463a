import EventLoopExecution
import Logging
import NIOCore
import NIOHTTP1

extension ConnectionHandler {
    /// Sends an operation's answer.
    func answer(_ reply: Reply) {
        guard case .running(let exchange) = state else { return }
        switch reply.body {
        case .none: finish(reply, nil, exchange)
        case .bytes(let bytes): finish(reply, bytes, exchange)
        case .stream(let body): stream(reply, body, exchange, waits: false)
        case .lateStream(let body): stream(reply, body, exchange, waits: true)
        case .hijack(let body): hijack(reply, body, exchange)
        case .later(let work): return run(work)
        }
        log(exchange, reply.status)
    }

    /// Refuses what did not become a request of an operation, and ends the connection.
    func refuse(_ status: HTTPResponseStatus, _ message: String) { refuse(.failure(status, message), nil) }

    func refuse(_ reply: Reply, _ head: HTTPRequestHead?) {
        switch state {
        case .idle, .collecting: break
        case .running, .hijacked: return abort()
        case .ending: return
        }
        shared.logger.debug("refused", metadata: ["status": "\(reply.status.code)", "uri": "\(head?.uri ?? "")"])
        guard case .bytes(let body) = reply.body else { return abort() }
        // Where the request has no body the connection is still in step.
        if let head, case .idle = state, (try? RequestFraming.bodyLength(head)) == BodyLength.none,
            RequestFraming.keepsAlive(head), reply.status != .forbidden
        {
            write(head: reply, body, framing: .length(body.readableBytes), keepsAlive: true, method: head.method)
            // The decoder is still within this request; its end comes before the gate opens.
            state = .idle
            gate.nextRequest()
        } else {
            write(head: reply, body, framing: .length(body.readableBytes), keepsAlive: false, method: head?.method)
            linger()
        }
    }

    private func finish(_ reply: Reply, _ body: ByteBuffer?, _ exchange: Exchange) {
        let keepsAlive =
            exchange.keepsAlive && exchange.bodyIsComplete && !inputIsClosed && !shared.connections.isClosing
        let hasNoBody = reply.status == .noContent || reply.status == .notModified
        let announced = reply.headers.contains(name: "Content-Length")
        write(
            head: reply, body, framing: hasNoBody || announced ? .none : .length(body?.readableBytes ?? 0),
            keepsAlive: keepsAlive, method: exchange.head.method)
        end(keepsAlive)
    }

    private func end(_ keepsAlive: Bool) {
        task = nil
        guard keepsAlive else { return linger() }
        state = .idle
        gate.nextRequest()
    }

    private func write(
        head reply: Reply, _ body: ByteBuffer?, framing: ResponseHead.Framing, keepsAlive: Bool, method: HTTPMethod?
    ) {
        guard let context else { return }
        let head = ResponseHead(status: reply.status, headers: reply.headers, framing: framing, keepsAlive: keepsAlive)
        var bytes = context.channel.allocator.buffer(capacity: 512 + (body?.readableBytes ?? 0))
        head.write(to: &bytes, common: shared.commonLines)
        if let body, method != .HEAD { bytes.writeImmutableBuffer(body) }
        write(bytes)
    }

    // MARK: - Streams

    private func stream(
        _ reply: Reply, _ body: @escaping @Sendable (BodyWriter) async throws -> Void, _ exchange: Exchange,
        waits: Bool
    ) {
        guard let context else { return }
        var exchange = exchange
        exchange.waitingHead = reply
        exchange.isChunked = exchange.head.takesChunks
        exchange.keepsAlive = exchange.keepsAlive && exchange.isChunked
        state = .running(exchange)
        if !waits { sendWaitingHead() }
        guard exchange.head.method != .HEAD else { return end(exchange.keepsAlive && exchange.bodyIsComplete) }
        let eventLoop = context.eventLoop
        let connection = NIOLoopBound(self, eventLoop: eventLoop)
        let logger = shared.logger
        task = Task {
            do {
                try await body(BodyWriter(eventLoop: eventLoop, connection: connection))
                eventLoop.execute { connection.value.endStream() }
            } catch {
                eventLoop.execute { connection.value.breakOff(error, logger) }
            }
        }
    }

    /// Whether a head is still to be sent before the first bytes.
    var hasWaitingHead: Bool { if case .running(let exchange) = state { exchange.waitingHead != nil } else { false } }

    /// Whether the client has seen the head of an answer.
    var hasBegunAnswer: Bool { !hasWaitingHead }

    /// Sends the head of a streamed answer.
    func sendWaitingHead() {
        guard case .running(var exchange) = state, let reply = exchange.waitingHead else { return }
        exchange.waitingHead = nil
        state = .running(exchange)
        write(
            head: reply, nil, framing: exchange.isChunked ? .chunked : .untilClose, keepsAlive: exchange.keepsAlive,
            method: exchange.head.method)
    }

    private func endStream() {
        sendWaitingHead()
        guard case .running(let exchange) = state else { return }
        if exchange.isChunked { write(ByteBuffer(staticString: "0\r\n\r\n")) }
        end(exchange.keepsAlive && exchange.bodyIsComplete && !inputIsClosed && !shared.connections.isClosing)
    }

    private func breakOff(_ error: any Error, _ logger: Logger) {
        if case .running(var exchange) = state, exchange.waitingHead != nil {
            exchange.waitingHead = nil
            state = .running(exchange)
            return answer(ErrorTable.reply(to: error, logger: logger))
        }
        logger.debug("an answer broke off", metadata: ["error": "\(error)"])
        abort()
    }

    private func hijack(
        _ reply: Reply, _ body: @escaping @Sendable (HijackedStream) async throws -> Void, _ exchange: Exchange
    ) {
        guard let context else { return }
        let bytes = makeInput(context)
        state = .hijacked
        var head = context.channel.allocator.buffer(capacity: 512)
        ResponseHead.writeHijacked(
            to: &head, upgraded: exchange.asksForUpgrade, headers: reply.headers, common: shared.commonLines)
        write(head)
        gate.becomeRaw()
        removeDecoder(context)
        gate.demand(true)
        let eventLoop = context.eventLoop
        let connection = NIOLoopBound(self, eventLoop: eventLoop)
        let logger = shared.logger
        let stream = HijackedStream(
            input: bytes, writer: BodyWriter(eventLoop: eventLoop, connection: connection))
        task = Task(executorPreference: EventLoopExecutor(eventLoop)) {
            do { try await body(stream) } catch {
                logger.debug("a stream broke off", metadata: ["error": "\(error)"])
            }
            eventLoop.execute { connection.value.linger() }
        }
    }

    private func removeDecoder(_ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        guard let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) else { return }
        pipeline.removeHandler(decoder, promise: nil)
    }

    private func log(_ exchange: Exchange, _ status: HTTPResponseStatus) {
        guard shared.logger.logLevel <= .debug else { return }
        shared.logger.debug(
            "\(exchange.head.method) \(exchange.head.uri)",
            metadata: ["status": "\(status.code)", "us": "\(exchange.elapsedMicroseconds)"])
    }
}

extension ConnectionHandler: RequestGateDelegate {
    func headTooLarge() { refuse(.requestHeaderFieldsTooLarge, "the request's head is too large") }

    func headTooSlow() { refuse(.requestTimeout, "the request's head did not arrive in time") }

    func idleTooLong() { linger() }

    func uploadTooSlow() {
        input?.finish(UploadFault(description: "the request body stands still"))
        input = nil
    }

    func received(_ bytes: ByteBuffer) {
        if let input, case .stopProducing = input.yield(bytes) { gate.demand(false) }
    }

    func inputEnded() {
        noteInputClosed()
        switch state {
        case .idle: if held == nil { linger() }
        case .collecting: abort()
        case .running(let exchange):
            if !exchange.bodyIsComplete {
                input?.finish(UploadFault(description: "unexpected EOF: the request body ended early"))
                input = nil
            }
            if exchange.route.abandoning == .cancels { task?.cancel() }
        case .hijacked:
            input?.finish()
            input = nil
        case .ending: linger()
        }
    }

    /// The reader of the input wants more.
    func inputDemand(_ wanted: Bool) { gate.demand(wanted) }

    /// The reader of the input wants no more; what still comes is read away, so that an end is noticed.
    func inputAbandoned() {
        input = nil
        if case .hijacked = state { gate.demand(true) }
    }
}
