import DockerAPI

/// What the daemon says about itself in every answer's headers.
public struct ServerIdentity: Sendable, Hashable {
    /// Drydock's version.
    public let version: String
    /// The newest API version it speaks; also the one of requests without a version in their path.
    public let maximum: APIVersion
    /// The oldest.
    public let minimum: APIVersion

    /// The lines of dockerd's version middleware: `Server`, `Api-Version`, `Ostype`, `Docker-Experimental`.
    let headerLines: String

    /// An identity by parts.
    public init(
        version: String, maximum: APIVersion = APIVersion(major: 1, minor: 51),
        minimum: APIVersion = APIVersion(major: 1, minor: 24)
    ) {
        self.version = version
        self.maximum = maximum
        self.minimum = minimum
        headerLines =
            "Api-Version: \(maximum)\r\nDocker-Experimental: false\r\nOstype: linux\r\n"
            + "Server: Drydock/\(version) (linux)\r\n"
    }
}
