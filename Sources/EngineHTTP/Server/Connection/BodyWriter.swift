import NIOCore

/// The client went away before it had everything.
public struct ClientGone: Error, Sendable, CustomStringConvertible {
    /// One sentence.
    public var description: String { "the client closed the connection" }
}

/// Writes the body of an answer, no faster than the client takes it.
public struct BodyWriter: Sendable {
    let eventLoop: any EventLoop
    let connection: NIOLoopBound<ConnectionHandler>

    /// Sends bytes at once; suspends while the client is behind.
    ///
    /// - Throws: `ClientGone`.
    public func write(_ bytes: ByteBuffer) async throws {
        try await withCheckedThrowingContinuation { continuation in
            eventLoop.execute { connection.value.send(bytes, continuation) }
        }
    }

    /// Sends the head of an answer whose first bytes may be long in coming.
    public func begin() { eventLoop.execute { connection.value.sendWaitingHead() } }

    /// Whether the head of the answer is out.
    var hasBegun: Bool {
        get async {
            await withCheckedContinuation { continuation in
                eventLoop.execute { continuation.resume(returning: connection.value.hasBegunAnswer) }
            }
        }
    }

    /// Sends text.
    public func write(_ text: String) async throws { try await write(ByteBuffer(string: text)) }
}

/// A hijacked connection: bytes both ways, each direction ended by itself.
public struct HijackedStream: Sendable {
    /// What the client sends; ends when it closes its half.
    public let input: ByteInput
    private let writer: BodyWriter

    init(input: ByteInput, writer: BodyWriter) {
        self.input = input
        self.writer = writer
    }

    /// Sends bytes at once; suspends while the client is behind.
    ///
    /// - Throws: `ClientGone`.
    public func write(_ bytes: ByteBuffer) async throws { try await writer.write(bytes) }

    /// Closes the half towards the client once it has taken everything; it may go on sending.
    public func closeOutput() {
        writer.eventLoop.execute { writer.connection.value.closeOutput() }
    }
}
