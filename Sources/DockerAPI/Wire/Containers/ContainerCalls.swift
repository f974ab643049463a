/// `POST /containers/create` (`ContainerCreateResponse`).
public struct ContainerCreateResponse: Codable, Sendable, Hashable {
    /// 64 hexadecimal digits.
    public var id: String?
    /// What was ignored or is dangerous.
    public var warnings: [String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case warnings = "Warnings"
    }
}

/// `POST /containers/{id}/update` (`ContainerUpdateResponse`).
public struct ContainerUpdateResponse: Codable, Sendable, Hashable {
    /// What was ignored.
    public var warnings: [String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case warnings = "Warnings"
    }
}

/// `POST /containers/{id}/wait` (`ContainerWaitResponse`).
public struct ContainerWaitResponse: Codable, Sendable, Hashable {
    /// The exit code.
    public var statusCode: Int64?
    /// Why waiting failed.
    public var error: ContainerWaitExitError?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case statusCode = "StatusCode"
        case error = "Error"
    }
}

/// Why waiting failed (`ContainerWaitExitError`).
public struct ContainerWaitExitError: Codable, Sendable, Hashable {
    /// The reason.
    public var message: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case message = "Message"
    }
}

/// `GET /containers/{id}/top` (`ContainerTopResponse`).
public struct ContainerTopResponse: Codable, Sendable, Hashable {
    /// The columns of ps(1).
    public var titles: [String]?
    /// One row a process.
    public var processes: [[String]]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case titles = "Titles"
        case processes = "Processes"
    }
}

/// One entry of `GET /containers/{id}/changes` (`FilesystemChange`).
public struct FilesystemChange: Codable, Sendable, Hashable {
    /// The file.
    public var path: String?
    /// 0 modified, 1 added, 2 deleted.
    public var kind: Int?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case path = "Path"
        case kind = "Kind"
    }
}

/// `POST /containers/prune`.
public struct ContainerPruneResponse: Codable, Sendable, Hashable {
    /// IDs.
    public var containersDeleted: [String]?
    /// Bytes.
    public var spaceReclaimed: Int64?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case containersDeleted = "ContainersDeleted"
        case spaceReclaimed = "SpaceReclaimed"
    }
}

/// The header `X-Docker-Container-Path-Stat` of `/containers/{id}/archive`, as base64 of JSON (moby, `container.PathStat`).
public struct PathStat: Codable, Sendable, Hashable {
    /// The last part of the path.
    public var name: String?
    /// Bytes.
    public var size: Int64?
    /// Go's `fs.FileMode`: permission bits below, kinds from bit 31 down.
    public var mode: UInt64?
    /// When it was last changed, RFC 3339.
    public var mtime: String?
    /// Where a symbolic link leads.
    public var linkTarget: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case name
        case size
        case mode
        case mtime
        case linkTarget
    }
}
