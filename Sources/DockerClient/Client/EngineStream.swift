import DockerAPI
import RawJSON

/// An answer whose body is read as it comes; after an upgrade, a raw stream in both directions.
///
/// Reading is an `AsyncSequence` of pieces as the socket delivered them, for one task; at most about 256 KiB wait
/// unread, then the daemon is held back. A task cancelled while it reads closes the connection. The connection also
/// closes when the body of an ordinary answer ends, at `close()`, and when the stream is let go.
public final class EngineStream: Sendable, AsyncSequence {
    /// Pieces of the body, without transfer coding.
    public typealias Element = [UInt8]

    /// Status and headers.
    public let head: ResponseHead
    /// Whether this is a raw stream that also takes input.
    public let isHijacked: Bool
    /// The number of the connection in `WireEvent`.
    public var connection: Int { link.record.number }
    /// Who closed the connection first; `nil` while it is open. A half-close of this side does not count.
    public var closedFirst: ConnectionSide? { link.record.closedFirst }

    private let link: Connection
    private let request: String
    private let readDeadline: Duration?
    private let writeDeadline: Duration
    private let upload: Task<Void, Never>?

    init(
        head: ResponseHead, isHijacked: Bool, link: Connection, request: String, readDeadline: Duration?,
        writeDeadline: Duration, upload: Task<Void, Never>?
    ) {
        self.head = head
        self.isHijacked = isHijacked
        self.link = link
        self.request = request
        self.readDeadline = readDeadline
        self.writeDeadline = writeDeadline
        self.upload = upload
    }

    deinit {
        upload?.cancel()
        link.close()
    }

    /// The status code.
    public var status: Int { head.status }

    /// Bytes after the end of the body that belong to no answer, as far as they have come.
    public var surplus: [UInt8] { link.inbox.end?.surplus ?? [] }

    /// Headers after a chunked body that has ended.
    public var trailers: [(name: String, value: String)] { link.inbox.end?.trailers ?? [] }

    /// Reads pieces in order.
    public func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

    /// Reads pieces in order.
    public struct Iterator: AsyncIteratorProtocol {
        let stream: EngineStream

        /// The next piece, or `nil` at the end of the body or stream.
        ///
        /// - Throws: `DockerClientError`, `CancellationError`, or the error of the request's own body sequence.
        public mutating func next() async throws -> [UInt8]? {
            try await stream.nextPiece(within: stream.readDeadline)
        }
    }

    /// The next piece; `nil` at the end. `deadline` is for this piece alone; `nil` waits as long as the peer lives.
    public func nextPiece(within deadline: Duration?) async throws -> [UInt8]? {
        switch try await link.next(within: deadline, awaited: "more of the answer to \(request)") {
        case .bytes(let bytes): return bytes
        case .head:
            throw DockerClientError.misuse("a second head came within one answer")
        case nil:
            // The peer of a raw stream may have closed one side only, so that one stays open until it is let go.
            if !isHijacked { link.close() }
            return nil
        }
    }

    /// Sends input and waits until the kernel has taken it.
    ///
    /// - Throws: `DockerClientError.misuse` where the answer is not a raw stream.
    public func write(_ bytes: [UInt8]) async throws {
        try requireHijacked()
        guard !bytes.isEmpty else { return }
        try await link.write(bytes, within: writeDeadline, awaited: "the daemon to take input")
    }

    /// Ends the input (`shutdown(SHUT_WR)`; close_notify with TLS); output goes on.
    public func closeWrite() async throws {
        try requireHijacked()
        try await link.closeWrite(within: writeDeadline)
    }

    /// Closes the connection and waits until its descriptor is free. What is left unread is lost.
    public func close() async {
        upload?.cancel()
        await link.closed()
    }

    /// Reads the rest into memory.
    ///
    /// - Throws: `DockerClientError.bodyTooLarge` where there are more than `limit` bytes.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        var body: [UInt8] = []
        for try await piece in self {
            guard body.count + piece.count <= limit else {
                link.close()
                throw DockerClientError.bodyTooLarge(link.endpoint, request: request, limit: limit)
            }
            body += piece
        }
        return body
    }

    /// The stream itself where docker's client takes the answer for a success.
    ///
    /// - Throws: `EngineError` with the daemon's message, after the connection has closed.
    public func checked() async throws -> EngineStream {
        guard !head.isSuccess else { return self }
        let body = try await collect(upTo: EngineError.maximumBodyBytes)
        await close()
        throw EngineError(head: head, body: body, request: request)
    }

    private func requireHijacked() throws(DockerClientError) {
        guard isHijacked else {
            throw .misuse("the answer to \(request) (\(status)) is not a raw stream and takes no input")
        }
    }
}

extension EngineStream {
    /// The stream as frames; for containers without a TTY.
    public func frames(maximumPayloadBytes: Int = 16 << 20) -> FrameSequence {
        FrameSequence(stream: self, maximumPayloadBytes: maximumPayloadBytes)
    }

    /// The stream as JSON values: progress of pull and load, events, statistics.
    public func jsonValues(maximumValueBytes: Int = 16 << 20) -> JSONSequence {
        JSONSequence(stream: self, maximumValueBytes: maximumValueBytes)
    }

    /// Frames of a multiplexed stream as they complete.
    public struct FrameSequence: AsyncSequence, Sendable {
        let stream: EngineStream
        let maximumPayloadBytes: Int

        /// Reads frames in order.
        public func makeAsyncIterator() -> Iterator {
            Iterator(
                pieces: stream.makeAsyncIterator(),
                demultiplexer: StreamDemultiplexer(maximumPayloadBytes: maximumPayloadBytes))
        }

        /// Reads frames in order.
        public struct Iterator: AsyncIteratorProtocol {
            var pieces: EngineStream.Iterator
            var demultiplexer: StreamDemultiplexer
            var ready: ArraySlice<StreamFrame> = []

            /// The next frame, or `nil` at the end.
            ///
            /// - Throws: `StreamFrameError` besides what the stream throws.
            public mutating func next() async throws -> StreamFrame? {
                while ready.isEmpty {
                    guard let piece = try await pieces.next() else {
                        try demultiplexer.finish()
                        return nil
                    }
                    ready = try demultiplexer.append(piece)[...]
                }
                return ready.removeFirst()
            }
        }
    }

    /// JSON values as they complete, each beside its bytes.
    public struct JSONSequence: AsyncSequence, Sendable {
        let stream: EngineStream
        let maximumValueBytes: Int

        /// Reads values in order.
        public func makeAsyncIterator() -> Iterator {
            Iterator(
                pieces: stream.makeAsyncIterator(), decoder: JSONSequenceDecoder(maximumValueBytes: maximumValueBytes))
        }

        /// Reads values in order.
        public struct Iterator: AsyncIteratorProtocol {
            var pieces: EngineStream.Iterator
            var decoder: JSONSequenceDecoder
            var ready: ArraySlice<(value: JSONValue, bytes: [UInt8])> = []

            /// The next value, or `nil` at the end.
            ///
            /// - Throws: `JSONParseError` besides what the stream throws.
            public mutating func next() async throws -> (value: JSONValue, bytes: [UInt8])? {
                while ready.isEmpty {
                    guard let piece = try await pieces.next() else { return try decoder.finish() }
                    ready = try decoder.append(piece)[...]
                }
                return ready.removeFirst()
            }
        }
    }
}
