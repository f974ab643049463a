import DockerAPI

extension DockerClient {
    /// Which API version stands in paths.
    public enum VersionPolicy: Sendable, Hashable {
        /// What `/_ping` says, at most `maximum`, as docker's CLI negotiates; a daemon that is older than `minimum` is
        /// refused.
        case negotiate(maximum: APIVersion, minimum: APIVersion)
        /// This one, without asking.
        case fixed(APIVersion)

        /// The newest API this client knows, down to the oldest any daemon in use speaks.
        public static let standard = VersionPolicy.negotiate(
            maximum: APIVersion(major: 1, minor: 51), minimum: .unstatedByDaemon)
    }

    /// Where and how a client talks.
    public struct Configuration: Sendable {
        /// Where the daemon listens.
        public var endpoint: EndpointURL
        /// Certificates; `nil` speaks plain text, or trusts the system's authorities where the endpoint is `https`.
        /// Ignored over Unix sockets, as docker's CLI does.
        public var tls: EndpointTLS?
        /// Which API version stands in paths.
        public var version: VersionPolicy
        /// How long connecting may take, and again how long the TLS handshake may take.
        public var connectDeadline: Duration
        /// How long the head of an answer may take once the request is sent.
        public var headDeadline: Duration
        /// How long the body of a unary answer may be silent, and how long the daemon may take no input.
        public var bodyDeadline: Duration
        /// How long the body of a unary answer may be, in bytes. Streams have no such limit.
        public var maximumBodyBytes: Int
        /// How long the head of an answer may be, in bytes.
        public var maximumHeadBytes: Int
        /// The `User-Agent`.
        public var userAgent: String
        /// Headers of every request: `HttpHeaders` of docker's configuration file.
        public var extraHeaders: [(name: String, value: String)]
        /// Sees every byte.
        public var observer: (any WireObserver)?

        /// A configuration for an endpoint, with the usual deadlines and limits.
        public init(
            endpoint: EndpointURL, tls: EndpointTLS? = nil, version: VersionPolicy = .standard,
            connectDeadline: Duration = .seconds(10), headDeadline: Duration = .seconds(60),
            bodyDeadline: Duration = .seconds(60), maximumBodyBytes: Int = 64 << 20,
            maximumHeadBytes: Int = 256 << 10, userAgent: String = "Drydock",
            extraHeaders: [(name: String, value: String)] = [], observer: (any WireObserver)? = nil
        ) {
            self.endpoint = endpoint
            self.tls = tls
            self.version = version
            self.connectDeadline = connectDeadline
            self.headDeadline = headDeadline
            self.bodyDeadline = bodyDeadline
            self.maximumBodyBytes = maximumBodyBytes
            self.maximumHeadBytes = maximumHeadBytes
            self.userAgent = userAgent
            self.extraHeaders = extraHeaders
            self.observer = observer
        }

        /// A configuration for what `EndpointResolver` found.
        public init(_ resolved: ResolvedEndpoint) {
            self.init(
                endpoint: resolved.endpoint, tls: resolved.tls,
                version: resolved.apiVersion.map(VersionPolicy.fixed) ?? .standard,
                extraHeaders: resolved.httpHeaders)
        }
    }
}
