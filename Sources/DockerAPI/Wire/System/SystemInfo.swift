/// `GET /info` (`SystemInfo`).
public struct SystemInfo: Codable, Sendable, Hashable {
    /// The daemon's own ID.
    public var id: String?
    /// How many containers there are.
    public var containers: Int?
    /// How many run.
    public var containersRunning: Int?
    /// How many are frozen.
    public var containersPaused: Int?
    /// How many do not run.
    public var containersStopped: Int?
    /// How many images there are.
    public var images: Int?
    /// The storage driver.
    public var driver: String?
    /// What it says of itself: names and values.
    public var driverStatus: [[String]]?
    /// Where the daemon keeps its data.
    public var dockerRootDir: String?
    /// Plugins by kind.
    public var plugins: PluginsInfo?
    /// Whether memory can be limited.
    public var memoryLimit: Bool?
    /// Whether swap can be limited.
    public var swapLimit: Bool?
    /// Whether kernel TCP memory can be limited.
    public var kernelMemoryTCP: Bool?
    /// Whether CPU periods can be set.
    public var cpuCfsPeriod: Bool?
    /// Whether CPU quotas can be set.
    public var cpuCfsQuota: Bool?
    /// Whether CPU weights can be set.
    public var cpuShares: Bool?
    /// Whether CPUs can be chosen.
    public var cpuSet: Bool?
    /// Whether processes can be limited.
    public var pidsLimit: Bool?
    /// Whether the OOM killer can be turned off.
    public var oomKillDisable: Bool?
    /// Whether the host forwards IPv4.
    public var ipv4Forwarding: Bool?
    /// Whether the daemon is in debug mode.
    public var debug: Bool?
    /// Open descriptors; in debug mode.
    public var nFd: Int?
    /// Goroutines; in debug mode.
    public var nGoroutines: Int?
    /// The host's clock, RFC 3339 with nanoseconds.
    public var systemTime: String?
    /// The default logging driver.
    public var loggingDriver: String?
    /// `cgroupfs`, `systemd` or `none`.
    public var cgroupDriver: String?
    /// `1` or `2`; since API 1.41.
    public var cgroupVersion: String?
    /// Clients that listen to events.
    public var nEventsListener: Int?
    /// The kernel's version.
    public var kernelVersion: String?
    /// The distribution.
    public var operatingSystem: String?
    /// Its version; since API 1.39.
    public var osVersion: String?
    /// `linux` or `windows`.
    public var osType: String?
    /// `x86_64` and the like.
    public var architecture: String?
    /// CPUs.
    public var ncpu: Int?
    /// Memory in bytes.
    public var memTotal: Int64?
    /// The index of the default registry.
    public var indexServerAddress: String?
    /// Registries.
    public var registryConfig: RegistryServiceConfig?
    /// The HTTP proxy, credentials masked.
    public var httpProxy: String?
    /// The HTTPS proxy, credentials masked.
    public var httpsProxy: String?
    /// Hosts without proxy.
    public var noProxy: String?
    /// The host's name.
    public var name: String?
    /// Labels of the daemon.
    public var labels: [String]?
    /// Whether experimental features are on.
    public var experimentalBuild: Bool?
    /// The daemon's version.
    public var serverVersion: String?
    /// OCI runtimes by name.
    public var runtimes: [String: RuntimeInfo]?
    /// The runtime of containers that name none.
    public var defaultRuntime: String?
    /// Whether containers outlive the daemon.
    public var liveRestoreEnabled: Bool?
    /// Windows: the default isolation.
    public var isolation: String?
    /// The init of containers that ask for one.
    public var initBinary: String?
    /// containerd's commit.
    public var containerdCommit: CommitInfo?
    /// runc's commit.
    public var runcCommit: CommitInfo?
    /// The init's commit.
    public var initCommit: CommitInfo?
    /// `name=seccomp,profile=builtin` and the like.
    public var securityOptions: [String]?
    /// The licence; since API 1.39.
    public var productLicense: String?
    /// Pools for new networks; since API 1.41.
    public var defaultAddressPools: [AddressPool]?
    /// The firewall; since API 1.49.
    public var firewallBackend: FirewallInfo?
    /// Devices that drivers found; since API 1.50.
    public var discoveredDevices: [DiscoveredDevice]?
    /// What the host lacks.
    public var warnings: [String]?
    /// Where device specifications are; since API 1.44.
    public var cdiSpecDirs: [String]?
    /// containerd's socket and namespaces; since API 1.46.
    public var containerd: ContainerdInfo?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case id = "ID"
        case containers = "Containers"
        case containersRunning = "ContainersRunning"
        case containersPaused = "ContainersPaused"
        case containersStopped = "ContainersStopped"
        case images = "Images"
        case driver = "Driver"
        case driverStatus = "DriverStatus"
        case dockerRootDir = "DockerRootDir"
        case plugins = "Plugins"
        case memoryLimit = "MemoryLimit"
        case swapLimit = "SwapLimit"
        case kernelMemoryTCP = "KernelMemoryTCP"
        case cpuCfsPeriod = "CpuCfsPeriod"
        case cpuCfsQuota = "CpuCfsQuota"
        case cpuShares = "CPUShares"
        case cpuSet = "CPUSet"
        case pidsLimit = "PidsLimit"
        case oomKillDisable = "OomKillDisable"
        case ipv4Forwarding = "IPv4Forwarding"
        case debug = "Debug"
        case nFd = "NFd"
        case nGoroutines = "NGoroutines"
        case systemTime = "SystemTime"
        case loggingDriver = "LoggingDriver"
        case cgroupDriver = "CgroupDriver"
        case cgroupVersion = "CgroupVersion"
        case nEventsListener = "NEventsListener"
        case kernelVersion = "KernelVersion"
        case operatingSystem = "OperatingSystem"
        case osVersion = "OSVersion"
        case osType = "OSType"
        case architecture = "Architecture"
        case ncpu = "NCPU"
        case memTotal = "MemTotal"
        case indexServerAddress = "IndexServerAddress"
        case registryConfig = "RegistryConfig"
        case httpProxy = "HttpProxy"
        case httpsProxy = "HttpsProxy"
        case noProxy = "NoProxy"
        case name = "Name"
        case labels = "Labels"
        case experimentalBuild = "ExperimentalBuild"
        case serverVersion = "ServerVersion"
        case runtimes = "Runtimes"
        case defaultRuntime = "DefaultRuntime"
        case liveRestoreEnabled = "LiveRestoreEnabled"
        case isolation = "Isolation"
        case initBinary = "InitBinary"
        case containerdCommit = "ContainerdCommit"
        case runcCommit = "RuncCommit"
        case initCommit = "InitCommit"
        case securityOptions = "SecurityOptions"
        case productLicense = "ProductLicense"
        case defaultAddressPools = "DefaultAddressPools"
        case firewallBackend = "FirewallBackend"
        case discoveredDevices = "DiscoveredDevices"
        case warnings = "Warnings"
        case cdiSpecDirs = "CDISpecDirs"
        case containerd = "Containerd"
    }
}
