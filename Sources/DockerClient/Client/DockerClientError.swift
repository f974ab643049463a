import DockerAPI

/// Why an exchange could not be completed. An answer with an error status is no such reason: see `EngineError`.
public enum DockerClientError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No connection could be made.
    case unreachable(EndpointURL, UnreachableReason)
    /// Something answered that is not a Docker daemon; `evidence` is `GET /_ping: 404, text/html`.
    case notDocker(EndpointURL, evidence: String)
    /// The daemon is older than this client goes.
    case apiVersionTooOld(EndpointURL, daemon: APIVersion, minimum: APIVersion)
    /// Something took too long; `awaited` names it: `the head of the answer to GET /info`.
    case deadline(EndpointURL, awaited: String, after: Duration)
    /// TLS could not be agreed upon.
    case tls(EndpointURL, TLSFault)
    /// The peer closed while something was still due.
    case closedEarly(EndpointURL, awaited: String, receivedBytes: Int)
    /// The connection broke in mid-exchange.
    case connectionLost(EndpointURL, awaited: String, reason: String)
    /// The answer is not HTTP as this client accepts it.
    case malformedResponse(EndpointURL, request: String, fault: ResponseFault)
    /// The body of an answer is longer than the client was told to accept.
    case bodyTooLarge(EndpointURL, request: String, limit: Int)
    /// The request cannot be sent as it is.
    case invalidRequest(String)
    /// Two tasks read one stream, or one wrote to a stream that takes no input.
    case misuse(String)

    /// Why no connection could be made.
    public enum UnreachableReason: Sendable, Hashable {
        /// The socket does not exist.
        case noSuchFile
        /// The socket exists and may not be opened.
        case permissionDenied
        /// Nobody listens.
        case refused
        /// The daemon's queue of new connections stayed full until the deadline.
        case queueFull
        /// The host name is unknown.
        case unknownHost(String)
        /// No connection within the deadline.
        case deadline(Duration)
        /// Another reason, in the operating system's words.
        case other(String)
    }

    /// What went wrong with TLS.
    public enum TLSFault: Sendable, Hashable {
        /// TLS was spoken to a port that answers in plain text.
        case peerSpeaksPlain
        /// Plain text was sent to a port that answers with a TLS record.
        case peerSpeaksTLS
        /// The handshake failed; the text is the TLS library's.
        case handshake(String)
        /// A certificate or key on this side cannot be used.
        case material(String)
    }

    /// One sentence: what, why, and the way out.
    public var description: String {
        switch self {
        case .unreachable(let endpoint, let reason): "cannot reach \(endpoint): \(reason)"
        case .notDocker(let endpoint, let evidence):
            "\(endpoint) answered, but not as a Docker daemon (\(evidence))"
        case .apiVersionTooOld(let endpoint, let daemon, let minimum):
            "\(endpoint) speaks Docker API \(daemon) at most; this client needs \(minimum) or newer"
        case .deadline(let endpoint, let awaited, let duration):
            "\(endpoint): gave up waiting for \(awaited) after \(duration.inWords)"
        case .tls(let endpoint, let fault): "\(endpoint): \(fault)"
        case .closedEarly(let endpoint, let awaited, let count):
            "\(endpoint) closed the connection while \(awaited) was due, after \(count) bytes of it"
        case .connectionLost(let endpoint, let awaited, let reason):
            "\(endpoint): the connection broke while \(awaited) was due: \(reason)"
        case .malformedResponse(let endpoint, let request, let fault):
            "\(endpoint) answered \(request) with something that is not HTTP: \(fault)"
        case .bodyTooLarge(let endpoint, let request, let limit):
            "\(endpoint): the answer to \(request) is longer than the \(limit) bytes accepted"
        case .invalidRequest(let reason): "the request cannot be sent: \(reason)"
        case .misuse(let reason): reason
        }
    }
}

extension DockerClientError.UnreachableReason: CustomStringConvertible {
    /// The reason and the way out.
    public var description: String {
        switch self {
        case .noSuchFile: "no such file. Is the daemon running?"
        case .permissionDenied: "permission denied. Run as a user who may open it (root, or a member of its group)."
        case .refused: "connection refused. Is the daemon running?"
        case .queueFull: "its queue of new connections stays full. Is the daemon stuck?"
        case .unknownHost(let host): "unknown host \(host). Check the name."
        case .deadline(let duration): "no connection after \(duration.inWords). Is the address right?"
        case .other(let text): text
        }
    }
}

extension DockerClientError.TLSFault: CustomStringConvertible {
    /// The fault and the way out.
    public var description: String {
        switch self {
        case .peerSpeaksPlain:
            "TLS was asked for, and the port answers in plain text; unset DOCKER_TLS_VERIFY or leave out --tls"
        case .peerSpeaksTLS:
            "the port speaks TLS, and TLS was not asked for; set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH"
        case .handshake(let text): "the TLS handshake failed: \(text)"
        case .material(let text): "the TLS certificates cannot be used: \(text)"
        }
    }
}

extension Duration {
    /// `30 s`, `1.5 s` or `20 ms`.
    var inWords: String {
        let (seconds, attoseconds) = components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        guard milliseconds >= 1000 else { return "\(milliseconds) ms" }
        let tenths = milliseconds / 100
        return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }
}
