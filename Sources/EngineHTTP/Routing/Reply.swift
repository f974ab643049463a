import NIOCore
import NIOHTTP1
import RawJSON

/// What an operation answers: a status, headers, and a body that is known, told bit by bit, or a conversation.
public struct Reply: Sendable {
    /// How the body comes.
    public enum Body: Sendable {
        /// None.
        case none
        /// All of it at once.
        case bytes(ByteBuffer)
        /// Told by a function after the head is sent; what it throws ends the connection without the last chunk.
        case stream(@Sendable (BodyWriter) async throws -> Void)
        /// The same, but the head goes out with the first bytes: what fails before them is answered as an error.
        case lateStream(@Sendable (BodyWriter) async throws -> Void)
        /// The connection becomes a stream of bytes in both directions until the function ends.
        case hijack(@Sendable (HijackedStream) async throws -> Void)
        /// The whole answer is made by a task.
        case later(@Sendable () async throws -> Reply)
    }

    /// The status.
    public var status: HTTPResponseStatus
    /// Headers besides those of every answer.
    public var headers: HTTPHeaders
    /// The body.
    public var body: Body

    /// An answer by parts.
    public init(_ status: HTTPResponseStatus, headers: HTTPHeaders = [:], body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A JSON document, with the line end that Go's encoder writes.
    public static func json(_ value: JSONValue, _ status: HTTPResponseStatus = .ok) -> Reply {
        Reply(
            status, headers: ["Content-Type": "application/json"],
            body: .bytes(ByteBuffer(bytes: value.line())))
    }

    /// Text.
    public static func text(_ text: String) -> Reply {
        Reply(.ok, headers: ["Content-Type": "text/plain; charset=utf-8"], body: .bytes(ByteBuffer(string: text)))
    }

    /// 204.
    public static let noContent = Reply(.noContent)

    /// `{"message": …}`, the shape of every error.
    public static func failure(_ status: HTTPResponseStatus, _ message: String) -> Reply {
        .json(["message": .string(message)], status)
    }

    /// Something told bit by bit.
    public static func stream(
        _ contentType: String, headers: HTTPHeaders = [:],
        _ body: @escaping @Sendable (BodyWriter) async throws -> Void
    ) -> Reply {
        var headers = headers
        headers.replaceOrAdd(name: "Content-Type", value: contentType)
        return Reply(.ok, headers: headers, body: .stream(body))
    }

    /// Something told bit by bit that may still fail as a whole.
    public static func lateStream(
        _ contentType: String, _ body: @escaping @Sendable (BodyWriter) async throws -> Void
    ) -> Reply {
        Reply(.ok, headers: ["Content-Type": contentType], body: .lateStream(body))
    }

    /// What only a task can answer.
    public static func later(_ answer: @escaping @Sendable () async throws -> Reply) -> Reply {
        Reply(.ok, body: .later(answer))
    }

    /// A conversation, upgraded where the client asked for it.
    public static func hijack(
        _ contentType: String, _ body: @escaping @Sendable (HijackedStream) async throws -> Void
    ) -> Reply {
        Reply(.ok, headers: ["Content-Type": contentType], body: .hijack(body))
    }
}
