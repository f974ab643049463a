import OCI

/// What `docker info` shows of the engine and its host.
public struct EngineInformation: Sendable, Hashable {
    /// The engine's own ID, kept in its root.
    public var id: String
    /// How many containers there are.
    public var containers: Int
    /// Of them running.
    public var containersRunning: Int
    /// Of them paused.
    public var containersPaused: Int
    /// Of them neither.
    public var containersStopped: Int
    /// How many images.
    public var images: Int
    /// `overlay2`.
    public var storageDriver: String
    /// Lines on the storage driver: name and value.
    public var storageStatus: [[String]]
    /// Where the data are.
    public var root: String
    /// `json-file`.
    public var logDriver: String
    /// The log drivers there are.
    public var logDrivers: [String]
    /// The volume drivers there are.
    public var volumeDrivers: [String]
    /// The network drivers there are.
    public var networkDrivers: [String]
    /// `cgroupfs`.
    public var cgroupDriver: String
    /// 1 or 2.
    public var cgroupVersion: Int
    /// Which limits the kernel knows.
    public var limits: Limits
    /// Whether the host forwards IPv4.
    public var forwardsIPv4: Bool
    /// How many listen to events.
    public var eventListeners: Int
    /// Open descriptors of the daemon.
    public var descriptors: Int
    /// Threads of the daemon.
    public var threads: Int
    /// `6.18.0`.
    public var kernelVersion: String
    /// `Debian GNU/Linux 12 (bookworm)`.
    public var operatingSystem: String
    /// `12`.
    public var operatingSystemVersion: String
    /// `x86_64`.
    public var architecture: String
    /// How many processors.
    public var processors: Int
    /// Bytes of memory.
    public var memory: Int64
    /// The host's name.
    public var hostName: String
    /// The engine's version.
    public var version: String
    /// `name=seccomp,profile=builtin`, …
    public var securityOptions: [String]
    /// The registries that are asked instead of Docker Hub.
    public var registryMirrors: [String]
    /// Registries without TLS.
    public var insecureRegistries: [String]
    /// What is amiss.
    public var warnings: [String]
    /// Labels of the daemon.
    public var labels: [String]
    /// Range of addresses that networks are made from.
    public var addressPool: String
    /// The program that starts containers.
    public var shimPath: String
    /// This moment.
    public var time: Timestamp

    /// Which limits the kernel knows.
    public struct Limits: Sendable, Hashable {
        /// `--memory`.
        public var memory: Bool
        /// `--memory-swap`.
        public var swap: Bool
        /// `KernelMemoryTCP`.
        public var kernelMemoryTCP: Bool
        /// `--cpu-period`.
        public var cpuPeriod: Bool
        /// `--cpu-quota` and `--cpus`.
        public var cpuQuota: Bool
        /// `--cpu-shares`.
        public var cpuShares: Bool
        /// `--cpuset-cpus` and `--cpuset-mems`.
        public var cpuSet: Bool
        /// `--pids-limit`.
        public var pids: Bool
        /// `--oom-kill-disable`.
        public var oomKillDisable: Bool
    }
}

/// What `docker version` shows of the engine.
public struct EngineVersion: Sendable, Hashable {
    /// The engine's version.
    public var version: String
    /// The commit it was built from; empty where it is not known.
    public var commit: String
    /// `linux`.
    public var operatingSystem: String
    /// `amd64`, as Go names it.
    public var architecture: String
    /// `6.18.0`.
    public var kernelVersion: String
    /// When it was built, RFC 3339; empty where it is not known.
    public var buildTime: String
}

/// What `docker system df` shows.
public struct DiskUsage: Sendable, Hashable {
    /// All layers, each counted once.
    public var layersSize: Int64
    /// The images.
    public var images: [ImageListing]
    /// The containers, with their sizes.
    public var containers: [ContainerListing]
    /// The volumes, with their usage.
    public var volumes: [Volume]
}

/// Which parts of the disk usage are wanted; nil of a request is all.
public enum DiskUsageObject: String, Sendable, Hashable, CaseIterable {
    case container, image, volume
    case buildCache = "build-cache"
}
