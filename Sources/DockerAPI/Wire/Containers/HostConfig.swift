/// What the host lends a container (`HostConfig`, with the fields of `Resources`).
public struct HostConfig: Codable, Sendable, Hashable {
    /// Relative weight of CPU time; 0 is the default of 1024.
    public var cpuShares: Int?
    /// Memory limit in bytes; 0 is none.
    public var memory: Int64?
    /// The cgroup under which the container's is made.
    public var cgroupParent: String?
    /// Relative weight of block I/O, 10 to 1000; 0 is off.
    public var blkioWeight: Int?
    /// Weights by device.
    public var blkioWeightDevice: [WeightDevice]?
    /// Bytes per second read from devices.
    public var blkioDeviceReadBps: [ThrottleDevice]?
    /// Bytes per second written to devices.
    public var blkioDeviceWriteBps: [ThrottleDevice]?
    /// Reads per second from devices.
    public var blkioDeviceReadIOps: [ThrottleDevice]?
    /// Writes per second to devices.
    public var blkioDeviceWriteIOps: [ThrottleDevice]?
    /// The CFS period in microseconds.
    public var cpuPeriod: Int64?
    /// CPU time within a period, in microseconds.
    public var cpuQuota: Int64?
    /// The real-time period in microseconds.
    public var cpuRealtimePeriod: Int64?
    /// Real-time CPU time within a period, in microseconds.
    public var cpuRealtimeRuntime: Int64?
    /// CPUs it may use: `0-2,4`.
    public var cpusetCpus: String?
    /// Memory nodes it may use: `0-1`.
    public var cpusetMems: String?
    /// Devices of the host.
    public var devices: [DeviceMapping]?
    /// Further device rules: `c 13:* rwm`.
    public var deviceCgroupRules: [String]?
    /// Devices for drivers, such as GPUs; since API 1.40.
    public var deviceRequests: [DeviceRequest]?
    /// Kernel TCP buffer memory in bytes; from API 1.40.
    public var kernelMemoryTCP: Int64?
    /// Soft memory limit in bytes.
    public var memoryReservation: Int64?
    /// Memory and swap together in bytes; -1 is unlimited swap.
    public var memorySwap: Int64?
    /// 0 to 100; -1 or absent is the host's.
    public var memorySwappiness: Int64?
    /// CPUs in units of 1e-9.
    public var nanoCpus: Int64?
    /// Whether the kernel's OOM killer spares it.
    public var oomKillDisable: Bool?
    /// Whether an init of the daemon is process 1; absent is the daemon's default.
    public var `init`: Bool?
    /// How many processes; 0, -1 or absent is unlimited.
    public var pidsLimit: Int64?
    /// Resource limits of processes.
    public var ulimits: [Ulimit]?
    /// Windows: number of CPUs.
    public var cpuCount: Int64?
    /// Windows: percentage of CPU time.
    public var cpuPercent: Int64?
    /// Windows: I/O operations per second of the system drive.
    public var ioMaximumIOps: Int64?
    /// Windows: bytes per second of the system drive.
    public var ioMaximumBandwidth: Int64?
    /// `source:destination[:options]`.
    public var binds: [String]?
    /// The file to which the ID was written by the client.
    public var containerIDFile: String?
    /// Where output is logged.
    public var logConfig: LogConfig?
    /// `bridge`, `host`, `none`, `container:ID`, or a network.
    public var networkMode: String?
    /// Host ports by container port: `80/tcp`.
    public var portBindings: [String: [PortBinding]?]?
    /// When it is started again.
    public var restartPolicy: RestartPolicy?
    /// Whether it is removed when it exits.
    public var autoRemove: Bool?
    /// The driver of its anonymous volumes.
    public var volumeDriver: String?
    /// Containers whose volumes it takes: `name[:ro|rw]`.
    public var volumesFrom: [String]?
    /// Mounts in the long form.
    public var mounts: [Mount]?
    /// Height and width of the terminal; Linux since API 1.42.
    public var consoleSize: [Int]?
    /// OCI annotations; since API 1.43.
    public var annotations: [String: String]?
    /// Capabilities added.
    public var capAdd: [String]?
    /// Capabilities dropped.
    public var capDrop: [String]?
    /// `private` or `host`; since API 1.41.
    public var cgroupnsMode: String?
    /// DNS servers.
    public var dns: [String]?
    /// DNS options.
    public var dnsOptions: [String]?
    /// DNS search domains.
    public var dnsSearch: [String]?
    /// Lines for `/etc/hosts` as `name:address`.
    public var extraHosts: [String]?
    /// Further groups of the process.
    public var groupAdd: [String]?
    /// `none`, `private`, `shareable`, `container:ID` or `host`.
    public var ipcMode: String?
    /// The cgroup to use.
    public var cgroup: String?
    /// Links to containers: `name:alias`.
    public var links: [String]?
    /// -1000 to 1000: how likely the OOM killer chooses it.
    public var oomScoreAdj: Int?
    /// `container:ID`, `host`, or empty for its own.
    public var pidMode: String?
    /// Whether it has all the host's privileges.
    public var privileged: Bool?
    /// Whether each exposed port gets a host port.
    public var publishAllPorts: Bool?
    /// Whether its root is read-only.
    public var readonlyRootfs: Bool?
    /// Security options: `seccomp=…`, `no-new-privileges`.
    public var securityOpt: [String]?
    /// Options of the storage driver.
    public var storageOpt: [String: String]?
    /// In-memory file systems: path and options.
    public var tmpfs: [String: String]?
    /// `host`, or empty for its own.
    public var utsMode: String?
    /// `host`, or empty for the daemon's.
    public var usernsMode: String?
    /// Size of `/dev/shm` in bytes; 0 is 64 MiB.
    public var shmSize: Int64?
    /// Kernel parameters within.
    public var sysctls: [String: String]?
    /// The OCI runtime.
    public var runtime: String?
    /// Windows: `default`, `process` or `hyperv`.
    public var isolation: String?
    /// Paths that are hidden; absent is the default list.
    public var maskedPaths: [String]?
    /// Paths that are read-only; absent is the default list.
    public var readonlyPaths: [String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case cpuShares = "CpuShares"
        case memory = "Memory"
        case cgroupParent = "CgroupParent"
        case blkioWeight = "BlkioWeight"
        case blkioWeightDevice = "BlkioWeightDevice"
        case blkioDeviceReadBps = "BlkioDeviceReadBps"
        case blkioDeviceWriteBps = "BlkioDeviceWriteBps"
        case blkioDeviceReadIOps = "BlkioDeviceReadIOps"
        case blkioDeviceWriteIOps = "BlkioDeviceWriteIOps"
        case cpuPeriod = "CpuPeriod"
        case cpuQuota = "CpuQuota"
        case cpuRealtimePeriod = "CpuRealtimePeriod"
        case cpuRealtimeRuntime = "CpuRealtimeRuntime"
        case cpusetCpus = "CpusetCpus"
        case cpusetMems = "CpusetMems"
        case devices = "Devices"
        case deviceCgroupRules = "DeviceCgroupRules"
        case deviceRequests = "DeviceRequests"
        case kernelMemoryTCP = "KernelMemoryTCP"
        case memoryReservation = "MemoryReservation"
        case memorySwap = "MemorySwap"
        case memorySwappiness = "MemorySwappiness"
        case nanoCpus = "NanoCpus"
        case oomKillDisable = "OomKillDisable"
        case `init` = "Init"
        case pidsLimit = "PidsLimit"
        case ulimits = "Ulimits"
        case cpuCount = "CpuCount"
        case cpuPercent = "CpuPercent"
        case ioMaximumIOps = "IOMaximumIOps"
        case ioMaximumBandwidth = "IOMaximumBandwidth"
        case binds = "Binds"
        case containerIDFile = "ContainerIDFile"
        case logConfig = "LogConfig"
        case networkMode = "NetworkMode"
        case portBindings = "PortBindings"
        case restartPolicy = "RestartPolicy"
        case autoRemove = "AutoRemove"
        case volumeDriver = "VolumeDriver"
        case volumesFrom = "VolumesFrom"
        case mounts = "Mounts"
        case consoleSize = "ConsoleSize"
        case annotations = "Annotations"
        case capAdd = "CapAdd"
        case capDrop = "CapDrop"
        case cgroupnsMode = "CgroupnsMode"
        case dns = "Dns"
        case dnsOptions = "DnsOptions"
        case dnsSearch = "DnsSearch"
        case extraHosts = "ExtraHosts"
        case groupAdd = "GroupAdd"
        case ipcMode = "IpcMode"
        case cgroup = "Cgroup"
        case links = "Links"
        case oomScoreAdj = "OomScoreAdj"
        case pidMode = "PidMode"
        case privileged = "Privileged"
        case publishAllPorts = "PublishAllPorts"
        case readonlyRootfs = "ReadonlyRootfs"
        case securityOpt = "SecurityOpt"
        case storageOpt = "StorageOpt"
        case tmpfs = "Tmpfs"
        case utsMode = "UTSMode"
        case usernsMode = "UsernsMode"
        case shmSize = "ShmSize"
        case sysctls = "Sysctls"
        case runtime = "Runtime"
        case isolation = "Isolation"
        case maskedPaths = "MaskedPaths"
        case readonlyPaths = "ReadonlyPaths"
    }
}
