/// One entry of `GET /images/json` (`ImageSummary`).
public struct ImageSummary: Codable, Sendable, Hashable {
    /// The digest of the configuration, or of the manifest with containerd's store.
    public var id: String?
    /// The image it was built on.
    public var parentId: String?
    /// Its tags; before API 1.43 `<none>:<none>` where it had none.
    public var repoTags: [String]?
    /// Its digests in registries.
    public var repoDigests: [String]?
    /// When it was made, in seconds since 1970.
    public var created: Int64?
    /// Bytes of all layers.
    public var size: Int64?
    /// Bytes shared with others; -1 unless asked for.
    public var sharedSize: Int64?
    /// Labels.
    public var labels: [String: String]?
    /// Containers that use it; -1 unless asked for.
    public var containers: Int64?
    /// What the reference leads to; since API 1.48.
    public var descriptor: OCIDescriptor?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case parentId = "ParentId"
        case repoTags = "RepoTags"
        case repoDigests = "RepoDigests"
        case created = "Created"
        case size = "Size"
        case sharedSize = "SharedSize"
        case labels = "Labels"
        case containers = "Containers"
        case descriptor = "Descriptor"
    }
}

/// One entry of `GET /images/{name}/history`, newest first (`ImageHistoryResponseItem`).
public struct ImageHistoryItem: Codable, Sendable, Hashable {
    /// The image after this step, or `<missing>`.
    public var id: String?
    /// When, in seconds since 1970.
    public var created: Int64?
    /// The step.
    public var createdBy: String?
    /// Tags of that image.
    public var tags: [String]?
    /// Bytes the step added.
    public var size: Int64?
    /// A comment.
    public var comment: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case created = "Created"
        case createdBy = "CreatedBy"
        case tags = "Tags"
        case size = "Size"
        case comment = "Comment"
    }
}

/// One entry of `DELETE /images/{name}` (`ImageDeleteResponseItem`).
public struct ImageDeleteItem: Codable, Sendable, Hashable {
    /// A reference that is gone.
    public var untagged: String?
    /// An image or layer that is gone.
    public var deleted: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case untagged = "Untagged"
        case deleted = "Deleted"
    }
}

/// `POST /images/prune`.
public struct ImagePruneResponse: Codable, Sendable, Hashable {
    /// What is gone.
    public var imagesDeleted: [ImageDeleteItem]?
    /// Bytes.
    public var spaceReclaimed: Int64?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case imagesDeleted = "ImagesDeleted"
        case spaceReclaimed = "SpaceReclaimed"
    }
}

/// One entry of `GET /images/search`.
public struct ImageSearchItem: Codable, Sendable, Hashable {
    /// What it says of itself.
    public var description: String?
    /// Whether it is one of Docker's own.
    public var isOfficial: Bool?
    /// Always false; deprecated.
    public var isAutomated: Bool?
    /// The repository.
    public var name: String?
    /// Stars.
    public var starCount: Int?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case description
        case isOfficial = "is_official"
        case isAutomated = "is_automated"
        case name
        case starCount = "star_count"
    }
}

/// `GET /distribution/{name}/json` (`DistributionInspect`).
public struct DistributionInspect: Codable, Sendable, Hashable {
    /// What the registry has.
    public var descriptor: OCIDescriptor?
    /// For which platforms.
    public var platforms: [OCIPlatform]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case descriptor = "Descriptor"
        case platforms = "Platforms"
    }
}

/// A pointer to content (OCI image specification, `descriptor`).
public struct OCIDescriptor: Codable, Sendable, Hashable {
    /// What it is.
    public var mediaType: String?
    /// `sha256:…`.
    public var digest: String?
    /// Bytes.
    public var size: Int64?
    /// Where else it can be had.
    public var urls: [String]?
    /// Annotations.
    public var annotations: [String: String]?
    /// The content itself, in base64.
    public var data: String?
    /// For which platform.
    public var platform: OCIPlatform?
    /// What kind of artifact.
    public var artifactType: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case mediaType
        case digest
        case size
        case urls
        case annotations
        case data
        case platform
        case artifactType
    }
}

/// A platform (OCI image specification, `image index`).
public struct OCIPlatform: Codable, Sendable, Hashable {
    /// `amd64` and the like.
    public var architecture: String?
    /// `linux` or `windows`.
    public var os: String?
    /// Windows: the version.
    public var osVersion: String?
    /// Windows: features.
    public var osFeatures: [String]?
    /// The variant of the architecture.
    public var variant: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case architecture
        case os
        case osVersion = "os.version"
        case osFeatures = "os.features"
        case variant
    }
}
