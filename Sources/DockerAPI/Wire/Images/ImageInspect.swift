/// `GET /images/{name}/json` (`ImageInspect`).
public struct ImageInspect: Codable, Sendable, Hashable {
    /// The digest of the configuration, or of the manifest with containerd's store.
    public var id: String?
    /// What the reference leads to; since API 1.48, with containerd's store.
    public var descriptor: OCIDescriptor?
    /// Its tags.
    public var repoTags: [String]?
    /// Its digests in registries.
    public var repoDigests: [String]?
    /// The image it was built on; classic builder only.
    public var parent: String?
    /// What the author wrote.
    public var comment: String?
    /// When it was made, RFC 3339; absent where the image does not say.
    public var created: String?
    /// The version that built it.
    public var dockerVersion: String?
    /// Who built it.
    public var author: String?
    /// What its containers start with.
    public var config: ImageConfig?
    /// `amd64` and the like.
    public var architecture: String?
    /// The variant of the architecture.
    public var variant: String?
    /// `linux` or `windows`.
    public var os: String?
    /// Windows: the version.
    public var osVersion: String?
    /// Bytes of all layers.
    public var size: Int64?
    /// Where its files are.
    public var graphDriver: DriverData?
    /// Its layers.
    public var rootFS: ImageRootFS?
    /// What this host knows of it.
    public var metadata: ImageMetadata?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case descriptor = "Descriptor"
        case repoTags = "RepoTags"
        case repoDigests = "RepoDigests"
        case parent = "Parent"
        case comment = "Comment"
        case created = "Created"
        case dockerVersion = "DockerVersion"
        case author = "Author"
        case config = "Config"
        case architecture = "Architecture"
        case variant = "Variant"
        case os = "Os"
        case osVersion = "OsVersion"
        case size = "Size"
        case graphDriver = "GraphDriver"
        case rootFS = "RootFS"
        case metadata = "Metadata"
    }
}

/// What an image's containers start with (`ImageConfig`).
public struct ImageConfig: Codable, Sendable, Hashable {
    /// The user.
    public var user: String?
    /// Ports as `80/tcp`.
    public var exposedPorts: [String: EmptyObject]?
    /// `NAME=value`.
    public var env: [String]?
    /// The command.
    public var cmd: [String]?
    /// How health is checked.
    public var healthcheck: HealthConfig?
    /// Windows: whether the command is escaped already.
    public var argsEscaped: Bool?
    /// Paths that are anonymous volumes.
    public var volumes: [String: EmptyObject]?
    /// Where the command starts.
    public var workingDir: String?
    /// The entry point.
    public var entrypoint: [String]?
    /// Triggers for builds upon it.
    public var onBuild: [String]?
    /// Labels.
    public var labels: [String: String]?
    /// The signal `stop` sends.
    public var stopSignal: String?
    /// The shell of commands written as one string.
    public var shell: [String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case user = "User"
        case exposedPorts = "ExposedPorts"
        case env = "Env"
        case cmd = "Cmd"
        case healthcheck = "Healthcheck"
        case argsEscaped = "ArgsEscaped"
        case volumes = "Volumes"
        case workingDir = "WorkingDir"
        case entrypoint = "Entrypoint"
        case onBuild = "OnBuild"
        case labels = "Labels"
        case stopSignal = "StopSignal"
        case shell = "Shell"
    }
}

/// The layers of an image.
public struct ImageRootFS: Codable, Sendable, Hashable {
    /// `layers`.
    public var type: String?
    /// Digests of the uncompressed layers, lowest first.
    public var layers: [String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case type = "Type"
        case layers = "Layers"
    }
}

/// What a host knows of an image.
public struct ImageMetadata: Codable, Sendable, Hashable {
    /// When it was last tagged here, RFC 3339.
    public var lastTagTime: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case lastTagTime = "LastTagTime"
    }
}
