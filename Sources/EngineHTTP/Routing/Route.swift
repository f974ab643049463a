import NIOHTTP1

/// One operation of the API: where it is, what it takes, and what it does.
public struct Route: Sendable {
    /// What a request brings along.
    public enum Input: Sendable {
        /// A JSON document, possibly none; read whole, up to the server's limit.
        case document
        /// Bytes of any length, read bit by bit.
        case stream
    }

    /// What becomes of the operation when its client goes away.
    public enum Abandoning: Sendable {
        /// It goes on to its end.
        case completes
        /// It is cancelled: nobody else would see its answer.
        case cancels
    }

    let method: HTTPMethod
    let path: PathPattern
    let input: Input
    let abandoning: Abandoning
    let handle: @Sendable (Call) async throws -> Reply

    /// An operation.
    ///
    /// - Parameter path: from the root without the version, with names in braces: `/containers/{id}/json`.
    public init(
        _ method: HTTPMethod, _ path: String, input: Input = .document, abandoning: Abandoning = .completes,
        _ handle: @escaping @Sendable (Call) async throws -> Reply
    ) {
        self.method = method
        self.path = PathPattern(path)
        self.input = input
        self.abandoning = abandoning
        self.handle = handle
    }
}
