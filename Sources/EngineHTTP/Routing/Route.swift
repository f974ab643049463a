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
    /// Called on the connection's thread; what takes a task is answered with `Reply.later`.
    let handle: @Sendable (Call) throws -> Reply

    /// An operation.
    ///
    /// - Parameter path: from the root without the version, with names in braces: `/containers/{id}/json`.
    public init(
        _ method: HTTPMethod, _ path: String, input: Input = .document, abandoning: Abandoning = .completes,
        _ handle: @escaping @Sendable (Call) async throws -> Reply
    ) {
        self.init(method, path, input, abandoning) { call in .later { try await handle(call) } }
    }

    /// An operation that answers from memory alone, on the connection's thread, which spares two turns of threads: whatever
    /// may block would keep other connections waiting.
    ///
    /// - Parameter abandoning: what becomes of a streamed answer.
    public static func atOnce(
        _ method: HTTPMethod, _ path: String, abandoning: Abandoning = .completes,
        _ handle: @escaping @Sendable (Call) throws -> Reply
    ) -> Route {
        Route(method, path, .document, abandoning, handle)
    }

    private init(
        _ method: HTTPMethod, _ path: String, _ input: Input, _ abandoning: Abandoning,
        _ handle: @escaping @Sendable (Call) throws -> Reply
    ) {
        self.method = method
        self.path = PathPattern(path)
        self.input = input
        self.abandoning = abandoning
        self.handle = handle
    }
}
