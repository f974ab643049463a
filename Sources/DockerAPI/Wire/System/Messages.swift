/// One value of `GET /events` (`EventMessage`). Before API 1.52 daemons add `status`, `id` and `from`.
public struct EventMessage: Codable, Sendable, Hashable {
    /// `container`, `image`, `volume`, `network`, `daemon` and others.
    public var type: String?
    /// `create`, `start`, `die`, `exec_start: …` and others.
    public var action: String?
    /// What it happened to.
    public var actor: EventActor?
    /// `local` or `swarm`.
    public var scope: String?
    /// When, in seconds since 1970.
    public var time: Int64?
    /// When, in nanoseconds since 1970.
    public var timeNano: Int64?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case type = "Type"
        case action = "Action"
        case actor = "Actor"
        case scope
        case time
        case timeNano
    }
}

/// What an event happened to (`EventActor`).
public struct EventActor: Codable, Sendable, Hashable {
    /// Its ID or name.
    public var id: String?
    /// Facts: `exitCode`, `image`, `name`, labels.
    public var attributes: [String: String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case id = "ID"
        case attributes = "Attributes"
    }
}

/// One value of the streams of pull, push, load and import (`CreateImageInfo`, `PushImageInfo`).
public struct ProgressMessage: Codable, Sendable, Hashable {
    /// The layer or tag it is about.
    public var id: String?
    /// The failure that ended the operation; deprecated in favour of `errorDetail`.
    public var error: String?
    /// The failure that ended the operation.
    public var errorDetail: ProgressError?
    /// What is being done.
    public var status: String?
    /// A bar, drawn by the daemon; deprecated.
    public var progress: String?
    /// How far it is.
    public var progressDetail: ProgressDetail?
    /// Output for people (load, build).
    public var stream: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case id
        case error
        case errorDetail
        case status
        case progress
        case progressDetail
        case stream
    }
}

/// A failure in a progress stream (`ErrorDetail`).
public struct ProgressError: Codable, Sendable, Hashable {
    /// The exit code of a build step.
    public var code: Int?
    /// The reason.
    public var message: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case code
        case message
    }
}

/// How far an operation is (`ProgressDetail`).
public struct ProgressDetail: Codable, Sendable, Hashable {
    /// Bytes done.
    public var current: Int64?
    /// Bytes in all.
    public var total: Int64?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case current
        case total
    }
}

/// The body of every error (`ErrorResponse`).
public struct ErrorResponse: Codable, Sendable, Hashable {
    /// The reason.
    public var message: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case message
    }
}

/// `GET /system/df`.
public struct DiskUsage: Codable, Sendable, Hashable {
    /// Bytes of all layers.
    public var layersSize: Int64?
    /// Images with `SharedSize` and `Containers`.
    public var images: [ImageSummary]?
    /// Containers with sizes.
    public var containers: [ContainerSummary]?
    /// Volumes with `UsageData`.
    public var volumes: [Volume]?
    /// The build cache.
    public var buildCache: [BuildCacheRecord]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case layersSize = "LayersSize"
        case images = "Images"
        case containers = "Containers"
        case volumes = "Volumes"
        case buildCache = "BuildCache"
    }
}

/// One record of the build cache (`BuildCache`).
public struct BuildCacheRecord: Codable, Sendable, Hashable {
    /// Its ID.
    public var id: String?
    /// What it builds upon; since API 1.42.
    public var parents: [String]?
    /// `regular`, `source.local`, `exec.cachemount` and others.
    public var type: String?
    /// The build step.
    public var description: String?
    /// Whether a build is using it.
    public var inUse: Bool?
    /// Whether images share it.
    public var shared: Bool?
    /// Bytes.
    public var size: Int64?
    /// When it was made, RFC 3339.
    public var createdAt: String?
    /// When it was last used, RFC 3339.
    public var lastUsedAt: String?
    /// How often it was used.
    public var usageCount: Int?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case id = "ID"
        case parents = "Parents"
        case type = "Type"
        case description = "Description"
        case inUse = "InUse"
        case shared = "Shared"
        case size = "Size"
        case createdAt = "CreatedAt"
        case lastUsedAt = "LastUsedAt"
        case usageCount = "UsageCount"
    }
}

/// `POST /auth`.
public struct AuthResponse: Codable, Sendable, Hashable {
    /// `Login Succeeded`.
    public var status: String?
    /// A token to use in place of the password.
    public var identityToken: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case status = "Status"
        case identityToken = "IdentityToken"
    }
}
