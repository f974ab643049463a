import NIOCore

/// What a gate tells the connection behind it.
protocol RequestGateDelegate: AnyObject {
    /// The head does not end within its limit.
    func headTooLarge()
    /// The head does not end in time.
    func headTooSlow()
    /// No request came for a long time.
    func idleTooLong()
    /// A streamed body stands still.
    func uploadTooSlow()
    /// Bytes of a hijacked connection.
    func received(_ bytes: ByteBuffer)
    /// The client sends no more.
    func inputEnded()
}

/// Stands before the HTTP decoder and lets one request at a time through to it, so that what follows a request (the
/// next one, or the input of a hijacked stream) is never parsed before it is known what it is.
///
/// It reads from the socket only what is wanted, which is the back-pressure of uploads and of hijacked input.
final class RequestGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// What the next bytes are.
    private enum Phase {
        /// The head of a request.
        case head
        /// A body of which so many bytes are missing.
        case body(missing: Int)
        /// A body that says itself where it ends.
        case chunked
        /// Nothing is let through while a request is answered.
        case busy
        /// Everything belongs to the hijacked stream.
        case raw
        /// What comes is thrown away.
        case discarding
    }

    private let limits: ServerLimits
    private weak var delegate: (any RequestGateDelegate)?
    private var phase = Phase.head
    private var buffer = ByteBuffer()
    private var context: ChannelHandlerContext?
    private var isReading = false
    private var isPumping = false
    private var isDemanding = true
    private var inputIsClosed = false
    private var endIsTold = false
    private var discarded = 0
    private var deadline: Scheduled<Void>?

    /// Bytes kept of a client that sends while it is not its turn.
    private static let impatientBytes = 64 * 1024

    init(limits: ServerLimits, delegate: any RequestGateDelegate) {
        self.limits = limits
        self.delegate = delegate
    }

    // MARK: - Told by the connection

    /// The head was read; so long is its body.
    func expectBody(_ length: BodyLength) {
        switch length {
        case .none: phase = .busy
        case .bytes(let count): phase = count > 0 ? .body(missing: count) : .busy
        case .chunked: phase = .chunked
        }
        cancelDeadline()
    }

    /// The chunked body has ended.
    func bodyEnded() {
        if case .chunked = phase { phase = .busy }
        cancelDeadline()
    }

    /// Whether the reader of a streamed body or of hijacked input wants more.
    func demand(_ wanted: Bool) {
        isDemanding = wanted
        guard wanted else { return cancelDeadline() }
        pump()
    }

    /// The answer is out; the next request may come.
    func nextRequest() {
        phase = .head
        isDemanding = true
        // A client that has said all it has to say gets no further turn, unless its next request is here already.
        endIsTold = false
        pump()
    }

    /// From here on bytes go to the delegate as they are.
    func becomeRaw() {
        phase = .raw
        isDemanding = false
        endIsTold = false
        cancelDeadline()
    }

    /// Nothing more is wanted of this client.
    func discard() {
        phase = .discarding
        cancelDeadline()
        pump()
    }

    // MARK: - Bytes

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        cancelDeadline()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        pump()
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancelDeadline()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if case .discarding = phase {
            discarded += bytes.readableBytes
            if discarded > limits.lingerBytes { context.close(promise: nil) }
            return
        }
        if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeBuffer(&bytes) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        if case .chunked = phase { cancelDeadline() }
        if case .body = phase { cancelDeadline() }
        pump()
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        inputIsClosed = true
        pump()
    }

    /// Tells of the end of the input once everything before it was handed on.
    private func tellEnd() {
        switch phase {
        case .body, .chunked, .raw: if buffer.readableBytes > 0 { return }
        case .head, .busy, .discarding: break
        }
        guard inputIsClosed, !endIsTold else { return }
        endIsTold = true
        delegate?.inputEnded()
    }

    /// Hands on what may go, then reads more where it is wanted.
    private func pump() {
        // What is handed on can end in a call back to here.
        guard !isPumping else { return }
        isPumping = true
        while step() {}
        isPumping = false
        buffer.discardReadBytes()
        tellEnd()
        readIfWanted()
    }

    /// Hands on one piece; whether there may be another.
    private func step() -> Bool {
        guard let context else { return false }
        switch phase {
        case .head: return passHead(context)
        case .body(let missing):
            guard isDemanding, let piece = buffer.readSlice(length: min(missing, buffer.readableBytes)),
                piece.readableBytes > 0
            else { return false }
            phase = missing > piece.readableBytes ? .body(missing: missing - piece.readableBytes) : .busy
            context.fireChannelRead(wrapInboundOut(piece))
            return true
        case .chunked:
            guard isDemanding, let piece = take() else { return false }
            context.fireChannelRead(wrapInboundOut(piece))
            return true
        case .raw:
            guard isDemanding, let piece = take() else { return false }
            delegate?.received(piece)
            return true
        case .busy: return false
        case .discarding:
            buffer.clear()
            return false
        }
    }

    private func take() -> ByteBuffer? {
        guard buffer.readableBytes > 0 else { return nil }
        defer { buffer = ByteBuffer() }
        return buffer
    }

    private func passHead(_ context: ChannelHandlerContext) -> Bool {
        let blank = buffer.readableBytesView.prefix { $0 == 0x0D || $0 == 0x0A }.count
        buffer.moveReaderIndex(forwardBy: blank)
        guard buffer.readableBytes > 0 else {
            schedule(limits.idleTime) { $0.idleTooLong() }
            return false
        }
        let length = Self.headLength(buffer.readableBytesView)
        guard (length ?? buffer.readableBytes) <= limits.headBytes else {
            cancelDeadline()
            delegate?.headTooLarge()
            return false
        }
        guard let length, let head = buffer.readSlice(length: length) else {
            if !headHasBegun { schedule(limits.headTime) { $0.headTooSlow() } }
            headHasBegun = true
            return false
        }
        headHasBegun = false
        cancelDeadline()
        phase = .busy
        context.fireChannelRead(wrapInboundOut(head))
        return true
    }

    /// Whether the deadline that runs is that of a head begun, which must not be put off by each further byte.
    private var headHasBegun = false

    /// The length of a head with the empty line that ends it, where it is there.
    static func headLength(_ bytes: ByteBufferView) -> Int? {
        var lineIsEmpty = false
        for (offset, byte) in bytes.enumerated() {
            switch byte {
            case 0x0A:
                if lineIsEmpty { return offset + 1 }
                lineIsEmpty = true
            case 0x0D: break
            default: lineIsEmpty = false
            }
        }
        return nil
    }

    private var wantsToRead: Bool {
        switch phase {
        case .head, .discarding: true
        case .body, .chunked, .raw: isDemanding
        // Only so that a client that goes away is noticed.
        case .busy: buffer.readableBytes < Self.impatientBytes
        }
    }

    private func readIfWanted() {
        guard let context, !isReading, !inputIsClosed, context.channel.isActive, wantsToRead else { return }
        isReading = true
        switch phase {
        case .body, .chunked: schedule(limits.uploadIdleTime) { $0.uploadTooSlow() }
        default: break
        }
        context.read()
    }

    // MARK: - Deadlines

    private func schedule(_ time: TimeAmount, _ act: @escaping (any RequestGateDelegate) -> Void) {
        cancelDeadline()
        guard let context else { return }
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [weak delegate] in
            if let delegate { act(delegate) }
        }
    }

    private func cancelDeadline() {
        deadline?.cancel()
        deadline = nil
    }
}

/// How long a request's body is.
enum BodyLength: Sendable, Hashable {
    case none
    case bytes(Int)
    case chunked
}
