import DockerAPI

/// What options, environment and docker's configuration say about the daemon to talk to.
public struct ResolvedEndpoint: Sendable {
    /// Where an endpoint was named.
    public enum Origin: Sendable, Hashable, CustomStringConvertible {
        /// The `--host` option.
        case hostOption
        /// The context of the `--context` option.
        case contextOption(String)
        /// `DOCKER_HOST`.
        case hostVariable
        /// The context that `DOCKER_CONTEXT` names.
        case contextVariable(String)
        /// The `currentContext` of docker's configuration file.
        case currentContext(String)
        /// Nowhere: docker's own default.
        case unspecified

        /// The place as people name it.
        public var description: String {
            switch self {
            case .hostOption: "--host"
            case .contextOption(let name): "--context \(name)"
            case .hostVariable: "DOCKER_HOST"
            case .contextVariable(let name): "DOCKER_CONTEXT=\(name)"
            case .currentContext(let name): "the current docker context \(name)"
            case .unspecified: "docker's default"
            }
        }
    }

    /// Where the daemon listens.
    public var endpoint: EndpointURL
    /// Certificates, where TLS was asked for.
    public var tls: EndpointTLS?
    /// `DOCKER_API_VERSION`, which turns negotiation off.
    public var apiVersion: APIVersion?
    /// `HttpHeaders` of docker's configuration file.
    public var httpHeaders: [(name: String, value: String)]
    /// Where the endpoint was named.
    public var origin: Origin
}

/// Why no endpoint could be found.
public enum EndpointResolverError: Error, Sendable, CustomStringConvertible {
    /// Both a host and a context were given as options.
    case hostAndContext
    /// A host that is none; `origin` says where it stands.
    case host(EndpointURLError, origin: ResolvedEndpoint.Origin)
    /// A context that does not exist; `path` is where its description would be.
    case unknownContext(String, origin: ResolvedEndpoint.Origin, path: String)
    /// A file that is not what it should be.
    case malformedFile(path: String, reason: String)
    /// A file that should be there and cannot be read.
    case unreadableFile(path: String, reason: String)
    /// `DOCKER_API_VERSION` is no version.
    case apiVersion(String)

    /// One sentence: the thing, what is wrong, and the way out.
    public var description: String {
        switch self {
        case .hostAndContext: "conflicting options: cannot specify both --host and --context"
        case .host(let error, let origin): "\(origin): \(error)"
        case .unknownContext(let name, let origin, let path):
            "\(origin): context \"\(name)\" not found (no \(path)); `docker context ls` lists those there are"
        case .malformedFile(let path, let reason): "\(path): \(reason)"
        case .unreadableFile(let path, let reason): "cannot read \(path): \(reason)"
        case .apiVersion(let text): "DOCKER_API_VERSION: \"\(text)\" is not an API version such as 1.51"
        }
    }
}
