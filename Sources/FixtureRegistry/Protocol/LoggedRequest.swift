import RawJSON

/// One request of a case, as the registry answered it.
public struct LoggedRequest: Sendable, Hashable {
    /// `GET`, `HEAD`, …
    public let method: String
    /// The path with its query.
    public let path: String
    /// The answer's status.
    public let status: Int
    /// Whether the request brought an Authorization header.
    public let hasAuthorization: Bool
    /// The client's own name.
    public let userAgent: String

    var json: JSONValue {
        [
            "method": .string(method), "path": .string(path), "status": .number(JSONNumber(status)),
            "authorization": .bool(hasAuthorization), "userAgent": .string(userAgent),
        ]
    }
}
