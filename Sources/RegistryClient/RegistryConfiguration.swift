import NIOCore

/// How registries are reached.
public struct RegistryConfiguration: Sendable, Hashable {
    /// Base URLs that are asked before Docker Hub for its images (`registry-mirrors` of dockerd's configuration).
    public var mirrors: [String] = []
    /// Hosts (`host` or `host:port`) and IPv4 or IPv6 ranges (`10.0.0.0/8`) whose certificates are not checked and
    /// that may speak plain HTTP (`insecure-registries` of dockerd's configuration); 127.0.0.0/8 and ::1 always may.
    public var insecureRegistries: [String] = []
    /// The folder with certificates for single registries, `HOST[:PORT]/{ca.crt,client.cert,client.key}`; empty is none.
    public var certificatesFolder = "/etc/docker/certs.d"
    /// The proxies to go through; those of the process's environment unless set.
    public var proxies = ProxySettings.process
    /// How long a connection may take to come up.
    public var connectTimeout: TimeAmount = .seconds(15)
    /// How long a connection may be silent.
    public var idleTimeout: TimeAmount = .seconds(60)
    /// How long a manifest, a configuration or a token may take from request to last byte, retries not counted.
    public var documentDeadline: TimeAmount = .seconds(120)
    /// How long one blob may take in all, retries included.
    public var blobDeadline: TimeAmount = .hours(6)
    /// How often a request is tried before its failure is told.
    public var attempts = 5
    /// The pause before the second try; it doubles for each further one.
    public var firstPause: TimeAmount = .milliseconds(200)
    /// The longest pause between tries, whatever `Retry-After` asks for.
    public var longestPause: TimeAmount = .seconds(30)
    /// What the client calls itself.
    public var userAgent = "drydock"

    /// The defaults.
    public init() {}
}

/// Who asks, as `X-Registry-Auth` carries it.
public struct RegistryCredentials: Sendable, Hashable {
    /// The user's name.
    public var username: String
    /// The password or personal access token.
    public var password: String
    /// A refresh token that stands for both, from an earlier login.
    public var identityToken: String
    /// A bearer token to be used as it is.
    public var registryToken: String

    /// Credentials by parts.
    public init(username: String = "", password: String = "", identityToken: String = "", registryToken: String = "") {
        self.username = username
        self.password = password
        self.identityToken = identityToken
        self.registryToken = registryToken
    }

    /// Whether nothing is set.
    public var isEmpty: Bool { username.isEmpty && password.isEmpty && identityToken.isEmpty && registryToken.isEmpty }
}
