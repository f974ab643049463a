/// A volume (`Volume`).
public struct Volume: Codable, Sendable, Hashable {
    /// Its name.
    public var name: String?
    /// Its driver.
    public var driver: String?
    /// Where it is on the host.
    public var mountpoint: String?
    /// When it was made, RFC 3339.
    public var createdAt: String?
    /// Labels.
    public var labels: [String: String]?
    /// `local` or `global`.
    public var scope: String?
    /// Options of the driver.
    public var options: [String: String]?
    /// Its size; only in `GET /system/df`.
    public var usageData: VolumeUsage?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case driver = "Driver"
        case mountpoint = "Mountpoint"
        case createdAt = "CreatedAt"
        case labels = "Labels"
        case scope = "Scope"
        case options = "Options"
        case usageData = "UsageData"
    }
}

/// The size of a volume.
public struct VolumeUsage: Codable, Sendable, Hashable {
    /// Bytes; -1 where unknown.
    public var size: Int64?
    /// Containers that use it; -1 where unknown.
    public var refCount: Int64?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case size = "Size"
        case refCount = "RefCount"
    }
}

/// `GET /volumes` (`VolumeListResponse`).
public struct VolumeListResponse: Codable, Sendable, Hashable {
    /// The volumes.
    public var volumes: [Volume]?
    /// What went wrong.
    public var warnings: [String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case volumes = "Volumes"
        case warnings = "Warnings"
    }
}

/// `POST /volumes/prune`.
public struct VolumePruneResponse: Codable, Sendable, Hashable {
    /// Names.
    public var volumesDeleted: [String]?
    /// Bytes.
    public var spaceReclaimed: Int64?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case volumesDeleted = "VolumesDeleted"
        case spaceReclaimed = "SpaceReclaimed"
    }
}
