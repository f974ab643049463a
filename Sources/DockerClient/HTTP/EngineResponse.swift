import DockerAPI
import RawJSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An answer, read to its end.
public struct EngineResponse: Sendable {
    /// Status and headers.
    public let head: ResponseHead
    /// The body without its transfer coding.
    public let body: [UInt8]
    /// Headers after a chunked body.
    public let trailers: [(name: String, value: String)]
    /// Bytes that came with the end of the body and belong to no answer: a fault of the server.
    public let surplus: [UInt8]

    let request: String

    /// The status code.
    public var status: Int { head.status }

    /// The body as text; bytes that are not UTF-8 become U+FFFD.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON, with numbers and order kept.
    ///
    /// - Throws: `JSONParseError`.
    public func json() throws(JSONParseError) -> JSONValue { try JSONValue.parse(body) }

    /// The body as one of the wire types of `DockerAPI`.
    ///
    /// - Throws: `DecodingError` where a field has another type than documented.
    public func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body))
    }

    /// The response itself where docker's client takes it for a success.
    ///
    /// - Throws: `EngineError` with the daemon's message.
    public func checked() throws(EngineError) -> EngineResponse {
        guard head.isSuccess else { throw EngineError(head: head, body: body, request: request) }
        return self
    }
}

/// An answer that is an error, with the daemon's own message.
public struct EngineError: Error, Sendable, CustomStringConvertible {
    /// How much of an error's body is read, as in docker's client.
    public static let maximumBodyBytes = 1 << 20

    /// The status code.
    public let status: Int
    /// The `message` of the JSON body, or the text of another body, without white space around.
    public let message: String
    /// The body as it came.
    public let body: [UInt8]
    /// What was asked: `GET /containers/x/json`.
    public let request: String

    /// The error in an answer.
    public init(head: ResponseHead, body: [UInt8], request: String) {
        status = head.status
        self.body = body
        self.request = request
        message = Self.message(head, body)
    }

    /// The daemon's message as docker's CLI prints it.
    public var description: String { "Error response from daemon: \(message)" }

    private static func message(_ head: ResponseHead, _ body: [UInt8]) -> String {
        let text = trimmed(String(decoding: body, as: UTF8.self))
        guard !text.isEmpty else {
            return "the daemon answered \(head.status) \(head.reason) without a message; "
                + "does it support this API version?"
        }
        guard let document = try? JSONValue.parse(body), document.object != nil else { return text }
        guard let message = document["message"]?.string, !trimmed(message).isEmpty else {
            return "API returned a \(head.status) (\(head.reason)) but provided no error-message"
        }
        return trimmed(message)
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
