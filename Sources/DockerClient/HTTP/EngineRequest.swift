import DockerAPI
import RawJSON

/// One request to a daemon, or to any HTTP server.
public struct EngineRequest: Sendable {
    /// What stands before the path.
    public enum Versioning: Sendable, Hashable {
        /// `/v` and the version the client has negotiated or was given; the first such request pings the daemon.
        case negotiated
        /// Nothing: `/_ping`.
        case unversioned
        /// `/v` and this version.
        case fixed(APIVersion)
    }

    /// What follows the head.
    public enum Body: Sendable {
        /// Nothing; `POST`, `PUT` and `PATCH` say `Content-Length: 0`.
        case none
        /// These bytes, with their `Content-Length`.
        case bytes([UInt8])
        /// A JSON document as Go's encoder writes it: `<`, `>` and `&` escaped, a newline at the end.
        case json(JSONValue)
        /// Bytes as they come, in chunks. An error of the sequence ends the exchange with that error.
        case stream(any AsyncSequence<[UInt8], any Error> & Sendable)
    }

    /// Whether the connection is to become a raw stream in both directions.
    public enum Upgrade: Sendable, Hashable {
        /// An ordinary exchange.
        case none
        /// Asks with `Connection: Upgrade` and `Upgrade: tcp`; daemons answer 101, some 200.
        case tcp
        /// Asks for nothing and treats a 200 without a length as a raw stream in both directions, as clients did
        /// before API 1.20.
        case hijackOnly
    }

    /// The method: `GET`.
    public var method: String
    /// The path without version prefix, percent-encoded: `/containers/json`. See `escapedPathSegment(_:)`.
    public var path: String
    /// Query parameters, written in this order and percent-encoded as Go's `url.Values` does.
    public var query: [(name: String, value: String)]
    /// Headers beside the client's own; `Host`, `User-Agent` and `Content-Type` given here replace them.
    public var headers: [(name: String, value: String)]
    /// What follows the head.
    public var body: Body
    /// What stands before the path.
    public var versioning: Versioning
    /// Whether the connection is to become a raw stream.
    public var upgrade: Upgrade
    /// How long the head of the answer may take; `nil` is the client's `headDeadline`.
    public var headDeadline: Duration?
    /// How long the body may be silent; `nil` is the client's `bodyDeadline` for `send`, and no deadline for `open`.
    public var bodyDeadline: Duration?
    /// The target of the request line, literally, in place of version, path and query.
    public var rawTarget: String?
    /// Sends `headers` alone, in their order and casing, and the body without any framing of the client's: for those
    /// who must say exactly what goes over the wire. `Host` and `Content-Length` are then theirs too.
    public var headersExactly: Bool

    /// A request from its parts.
    public init(
        _ method: String, _ path: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: Body = .none, versioning: Versioning = .negotiated,
        upgrade: Upgrade = .none, headDeadline: Duration? = nil, bodyDeadline: Duration? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.versioning = versioning
        self.upgrade = upgrade
        self.headDeadline = headDeadline
        self.bodyDeadline = bodyDeadline
        rawTarget = nil
        headersExactly = false
    }

    /// A request whose target and headers go over the wire exactly as given.
    public static func exactly(
        _ method: String, target: String, headers: [(name: String, value: String)], body: [UInt8] = [],
        upgrade: Upgrade = .none
    ) -> EngineRequest {
        var request = EngineRequest(
            method, "", headers: headers, body: body.isEmpty ? .none : .bytes(body), versioning: .unversioned,
            upgrade: upgrade)
        request.rawTarget = target
        request.headersExactly = true
        return request
    }

    /// `GET /containers/json`, for messages.
    public var summary: String { "\(method) \(rawTarget ?? path)" }

    /// One segment of a path, percent-encoded as Go's `url.PathEscape` does, so that a `/` within it stays within.
    public static func escapedPathSegment(_ segment: String) -> String {
        PercentEncoding.encode(segment, keeping: PercentEncoding.pathSegment)
    }
}
