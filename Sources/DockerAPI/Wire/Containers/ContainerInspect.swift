/// `GET /containers/{id}/json` (`ContainerInspectResponse`).
public struct ContainerInspect: Codable, Sendable, Hashable {
    /// 64 hexadecimal digits.
    public var id: String?
    /// When it was made, RFC 3339 with nanoseconds.
    public var created: String?
    /// The program.
    public var path: String?
    /// Its arguments.
    public var args: [String]?
    /// What it is doing.
    public var state: ContainerState?
    /// The ID of its image: `sha256:…`.
    public var image: String?
    /// Its `resolv.conf` on the host.
    public var resolvConfPath: String?
    /// Its `hostname` on the host.
    public var hostnamePath: String?
    /// Its `hosts` on the host.
    public var hostsPath: String?
    /// Its log on the host.
    public var logPath: String?
    /// Its name, with a `/` before it.
    public var name: String?
    /// How often the restart policy started it again.
    public var restartCount: Int?
    /// The storage driver.
    public var driver: String?
    /// `linux` or `windows`.
    public var platform: String?
    /// The manifest it was made from; since API 1.48.
    public var imageManifestDescriptor: OCIDescriptor?
    /// The SELinux label of its mounts.
    public var mountLabel: String?
    /// The SELinux label of its processes.
    public var processLabel: String?
    /// The AppArmor profile.
    public var appArmorProfile: String?
    /// The running exec instances; null where there are none.
    public var execIDs: [String]?
    /// What the host lends it.
    public var hostConfig: HostConfig?
    /// Where its file system is.
    public var graphDriver: DriverData?
    /// Bytes it wrote; only with `size=1`.
    public var sizeRw: Int64?
    /// Bytes of all its files; only with `size=1`.
    public var sizeRootFs: Int64?
    /// What is mounted.
    public var mounts: [MountPoint]?
    /// What it is.
    public var config: ContainerConfig?
    /// How it is connected.
    public var networkSettings: NetworkSettings?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case created = "Created"
        case path = "Path"
        case args = "Args"
        case state = "State"
        case image = "Image"
        case resolvConfPath = "ResolvConfPath"
        case hostnamePath = "HostnamePath"
        case hostsPath = "HostsPath"
        case logPath = "LogPath"
        case name = "Name"
        case restartCount = "RestartCount"
        case driver = "Driver"
        case platform = "Platform"
        case imageManifestDescriptor = "ImageManifestDescriptor"
        case mountLabel = "MountLabel"
        case processLabel = "ProcessLabel"
        case appArmorProfile = "AppArmorProfile"
        case execIDs = "ExecIDs"
        case hostConfig = "HostConfig"
        case graphDriver = "GraphDriver"
        case sizeRw = "SizeRw"
        case sizeRootFs = "SizeRootFs"
        case mounts = "Mounts"
        case config = "Config"
        case networkSettings = "NetworkSettings"
    }
}

/// What a container is doing (`ContainerState`).
public struct ContainerState: Codable, Sendable, Hashable {
    /// `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`.
    public var status: String?
    /// Whether it runs; also while paused or restarting.
    public var running: Bool?
    /// Whether it is frozen.
    public var paused: Bool?
    /// Whether the restart policy is starting it again.
    public var restarting: Bool?
    /// Whether the OOM killer ended a process of it.
    public var oomKilled: Bool?
    /// Whether its removal failed halfway.
    public var dead: Bool?
    /// Its first process on the host; 0 where it does not run.
    public var pid: Int?
    /// How it ended last.
    public var exitCode: Int?
    /// Why it could not start.
    public var error: String?
    /// When it last started; year 1 where never.
    public var startedAt: String?
    /// When it last ended; year 1 where never.
    public var finishedAt: String?
    /// Its health, where that is checked.
    public var health: HealthState?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case status = "Status"
        case running = "Running"
        case paused = "Paused"
        case restarting = "Restarting"
        case oomKilled = "OOMKilled"
        case dead = "Dead"
        case pid = "Pid"
        case exitCode = "ExitCode"
        case error = "Error"
        case startedAt = "StartedAt"
        case finishedAt = "FinishedAt"
        case health = "Health"
    }
}

/// What the health checks say (`Health`).
public struct HealthState: Codable, Sendable, Hashable {
    /// `none`, `starting`, `healthy` or `unhealthy`.
    public var status: String?
    /// Failures in a row.
    public var failingStreak: Int?
    /// The last checks, oldest first.
    public var log: [HealthcheckResult]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case status = "Status"
        case failingStreak = "FailingStreak"
        case log = "Log"
    }
}

/// One health check (`HealthcheckResult`).
public struct HealthcheckResult: Codable, Sendable, Hashable {
    /// When it began, RFC 3339.
    public var start: String?
    /// When it ended, RFC 3339.
    public var end: String?
    /// 0 healthy, 1 unhealthy, 2 reserved.
    public var exitCode: Int?
    /// What it printed.
    public var output: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case start = "Start"
        case end = "End"
        case exitCode = "ExitCode"
        case output = "Output"
    }
}

/// A mount as it is (`MountPoint`).
public struct MountPoint: Codable, Sendable, Hashable {
    /// `bind`, `volume`, `tmpfs`, `image`, `npipe` or `cluster`.
    public var type: String?
    /// The volume.
    public var name: String?
    /// Where it is on the host.
    public var source: String?
    /// Where it stands within.
    public var destination: String?
    /// The volume driver.
    public var driver: String?
    /// The options as they were given.
    public var mode: String?
    /// Whether it can be written.
    public var rw: Bool?
    /// How mounts spread.
    public var propagation: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case type = "Type"
        case name = "Name"
        case source = "Source"
        case destination = "Destination"
        case driver = "Driver"
        case mode = "Mode"
        case rw = "RW"
        case propagation = "Propagation"
    }
}

/// Where a storage driver keeps files (`DriverData`).
public struct DriverData: Codable, Sendable, Hashable {
    /// The driver.
    public var name: String?
    /// Its paths.
    public var data: [String: String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case data = "Data"
    }
}
