import NIOHTTP1

/// A request that is refused before the engine sees it, in docker's words.
public struct BadRequest: Error, Sendable, Hashable, CustomStringConvertible {
    /// Its status: 400 unless it is said otherwise.
    public let status: HTTPResponseStatus
    /// The sentence.
    public let description: String

    /// A refusal.
    public init(_ message: String, status: HTTPResponseStatus = .badRequest) {
        self.status = status
        description = message
    }
}
