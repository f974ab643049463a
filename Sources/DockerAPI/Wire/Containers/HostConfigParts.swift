/// A block device and its weight.
public struct WeightDevice: Codable, Sendable, Hashable {
    /// The device on the host.
    public var path: String?
    /// Relative weight.
    public var weight: Int?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case path = "Path"
        case weight = "Weight"
    }
}

/// A block device and its limit (`ThrottleDevice`).
public struct ThrottleDevice: Codable, Sendable, Hashable {
    /// The device on the host.
    public var path: String?
    /// Bytes or operations per second.
    public var rate: Int64?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case path = "Path"
        case rate = "Rate"
    }
}

/// A device of the host within a container (`DeviceMapping`).
public struct DeviceMapping: Codable, Sendable, Hashable {
    /// The device on the host.
    public var pathOnHost: String?
    /// Where it stands within.
    public var pathInContainer: String?
    /// Any of `r`, `w`, `m`.
    public var cgroupPermissions: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case pathOnHost = "PathOnHost"
        case pathInContainer = "PathInContainer"
        case cgroupPermissions = "CgroupPermissions"
    }
}

/// Devices asked of a driver (`DeviceRequest`); since API 1.40.
public struct DeviceRequest: Codable, Sendable, Hashable {
    /// The driver, or empty for any.
    public var driver: String?
    /// How many; -1 is all.
    public var count: Int?
    /// Which ones.
    public var deviceIDs: [String]?
    /// Alternatives of capabilities that belong together.
    public var capabilities: [[String]]?
    /// Options of the driver.
    public var options: [String: String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case driver = "Driver"
        case count = "Count"
        case deviceIDs = "DeviceIDs"
        case capabilities = "Capabilities"
        case options = "Options"
    }
}

/// A resource limit of processes (setrlimit(2)).
public struct Ulimit: Codable, Sendable, Hashable {
    /// `nofile`, `nproc` and the like.
    public var name: String?
    /// The soft limit; -1 is unlimited.
    public var soft: Int64?
    /// The hard limit; -1 is unlimited.
    public var hard: Int64?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case soft = "Soft"
        case hard = "Hard"
    }
}

/// Where output is logged.
public struct LogConfig: Codable, Sendable, Hashable {
    /// The logging driver: `json-file`, `local`, `none` and others.
    public var type: String?
    /// Options of the driver.
    public var config: [String: String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case type = "Type"
        case config = "Config"
    }
}

/// When a container is started again (`RestartPolicy`).
public struct RestartPolicy: Codable, Sendable, Hashable {
    /// Empty or `no`, `always`, `unless-stopped`, `on-failure`.
    public var name: String?
    /// How often `on-failure` tries; 0 is without end.
    public var maximumRetryCount: Int?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case maximumRetryCount = "MaximumRetryCount"
    }
}

/// An address and port of the host (`PortBinding`).
public struct PortBinding: Codable, Sendable, Hashable {
    /// The address; empty is any.
    public var hostIp: String?
    /// The port as text, possibly a range; empty lets the daemon choose.
    public var hostPort: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case hostIp = "HostIp"
        case hostPort = "HostPort"
    }
}

/// A mount in the long form (`Mount`).
public struct Mount: Codable, Sendable, Hashable {
    /// Where it stands within.
    public var target: String?
    /// The volume, host path or image.
    public var source: String?
    /// `bind`, `volume`, `tmpfs`, `image` (API 1.48), `npipe` or `cluster`.
    public var type: String?
    /// Whether it is read-only.
    public var readOnly: Bool?
    /// `default`, `consistent`, `cached` or `delegated`.
    public var consistency: String?
    /// For `bind`.
    public var bindOptions: BindOptions?
    /// For `volume`.
    public var volumeOptions: VolumeOptions?
    /// For `image`; since API 1.48.
    public var imageOptions: ImageOptions?
    /// For `tmpfs`.
    public var tmpfsOptions: TmpfsOptions?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case target = "Target"
        case source = "Source"
        case type = "Type"
        case readOnly = "ReadOnly"
        case consistency = "Consistency"
        case bindOptions = "BindOptions"
        case volumeOptions = "VolumeOptions"
        case imageOptions = "ImageOptions"
        case tmpfsOptions = "TmpfsOptions"
    }
}

/// Options of a bind mount.
public struct BindOptions: Codable, Sendable, Hashable {
    /// `private`, `rprivate`, `shared`, `rshared`, `slave` or `rslave`.
    public var propagation: String?
    /// Whether mounts below the source stay out; since API 1.40.
    public var nonRecursive: Bool?
    /// Whether a missing source is made; since API 1.42.
    public var createMountpoint: Bool?
    /// Whether only the top is read-only; since API 1.44.
    public var readOnlyNonRecursive: Bool?
    /// Whether it fails where not all can be read-only; since API 1.44.
    public var readOnlyForceRecursive: Bool?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case propagation = "Propagation"
        case nonRecursive = "NonRecursive"
        case createMountpoint = "CreateMountpoint"
        case readOnlyNonRecursive = "ReadOnlyNonRecursive"
        case readOnlyForceRecursive = "ReadOnlyForceRecursive"
    }
}

/// Options of a volume mount.
public struct VolumeOptions: Codable, Sendable, Hashable {
    /// Whether the volume stays empty instead of getting the image's files.
    public var noCopy: Bool?
    /// Labels of a volume made for it.
    public var labels: [String: String]?
    /// The driver of a volume made for it.
    public var driverConfig: VolumeDriverConfig?
    /// A path within the volume; since API 1.45.
    public var subpath: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case noCopy = "NoCopy"
        case labels = "Labels"
        case driverConfig = "DriverConfig"
        case subpath = "Subpath"
    }
}

/// A volume driver and its options.
public struct VolumeDriverConfig: Codable, Sendable, Hashable {
    /// The driver.
    public var name: String?
    /// Its options.
    public var options: [String: String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case options = "Options"
    }
}

/// Options of an image mount; since API 1.48.
public struct ImageOptions: Codable, Sendable, Hashable {
    /// A path within the image; since API 1.48.
    public var subpath: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case subpath = "Subpath"
    }
}

/// Options of an in-memory mount.
public struct TmpfsOptions: Codable, Sendable, Hashable {
    /// Size in bytes; 0 is unlimited.
    public var sizeBytes: Int64?
    /// Permission bits, as a decimal number.
    public var mode: Int?
    /// Mount options, each a name, or a name and a value; since API 1.46.
    public var options: [[String]]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case sizeBytes = "SizeBytes"
        case mode = "Mode"
        case options = "Options"
    }
}
