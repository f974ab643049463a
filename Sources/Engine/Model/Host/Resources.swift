/// The limits of a container (Engine API, `Resources`); 0 or nil is none.
public struct Resources: Sendable, Hashable {
    /// Relative weight of CPU time; 0 is the default of 1024.
    public var cpuShares: Int64 = 0
    /// Memory in bytes.
    public var memory: Int64 = 0
    /// CPUs in units of 1e-9.
    public var nanoCPUs: Int64 = 0
    /// The cgroup under which the container's is made.
    public var cgroupParent = ""
    /// Relative weight of block I/O, 10 to 1000.
    public var blkioWeight: UInt16 = 0
    /// Weights by device.
    public var blkioWeightDevice: [DeviceRate]?
    /// Bytes per second read from devices.
    public var blkioDeviceReadBps: [DeviceRate]?
    /// Bytes per second written to devices.
    public var blkioDeviceWriteBps: [DeviceRate]?
    /// Reads per second from devices.
    public var blkioDeviceReadIOps: [DeviceRate]?
    /// Writes per second to devices.
    public var blkioDeviceWriteIOps: [DeviceRate]?
    /// The CFS period in microseconds.
    public var cpuPeriod: Int64 = 0
    /// CPU time within a period, in microseconds.
    public var cpuQuota: Int64 = 0
    /// The real-time period in microseconds.
    public var cpuRealtimePeriod: Int64 = 0
    /// Real-time CPU time within a period, in microseconds.
    public var cpuRealtimeRuntime: Int64 = 0
    /// CPUs it may use: `0-2,4`.
    public var cpusetCPUs = ""
    /// Memory nodes it may use: `0-1`.
    public var cpusetMems = ""
    /// Devices of the host.
    public var devices: [DeviceMapping]?
    /// Further device rules: `c 13:* rwm`.
    public var deviceCgroupRules: [String]?
    /// Devices for drivers, such as GPUs.
    public var deviceRequests: [DeviceRequest]?
    /// Kernel memory in bytes; until API 1.41.
    public var kernelMemory: Int64 = 0
    /// Kernel TCP buffer memory in bytes.
    public var kernelMemoryTCP: Int64 = 0
    /// Soft memory limit in bytes.
    public var memoryReservation: Int64 = 0
    /// Memory and swap together in bytes; -1 is unlimited swap.
    public var memorySwap: Int64 = 0
    /// 0 to 100; nil or -1 is the host's.
    public var memorySwappiness: Int64?
    /// Whether the kernel's OOM killer spares it.
    public var oomKillDisable: Bool?
    /// How many processes; 0, -1 or nil is unlimited.
    public var pidsLimit: Int64?
    /// Resource limits of processes.
    public var ulimits: [Ulimit]?
    /// Windows: number of CPUs.
    public var cpuCount: Int64 = 0
    /// Windows: percentage of CPU time.
    public var cpuPercent: Int64 = 0
    /// Windows: I/O operations per second of the system drive.
    public var ioMaximumIOps: Int64 = 0
    /// Windows: bytes per second of the system drive.
    public var ioMaximumBandwidth: Int64 = 0

    /// No limits.
    public init() {}
}

/// A block device and its weight or its limit a second.
public struct DeviceRate: Sendable, Hashable {
    /// The device on the host.
    public var path: String
    /// The weight, bytes or operations.
    public var rate: Int64

    /// A rate by parts.
    public init(path: String, rate: Int64) {
        self.path = path
        self.rate = rate
    }
}

/// A device of the host lent to the container.
public struct DeviceMapping: Sendable, Hashable {
    /// The device on the host.
    public var pathOnHost: String
    /// Where it appears; empty is the same path.
    public var pathInContainer: String
    /// `r`, `w`, `m` in any mixture.
    public var permissions: String

    /// A mapping by parts.
    public init(pathOnHost: String, pathInContainer: String, permissions: String = "rwm") {
        self.pathOnHost = pathOnHost
        self.pathInContainer = pathInContainer
        self.permissions = permissions
    }
}

/// Devices asked of a driver.
public struct DeviceRequest: Sendable, Hashable {
    /// The driver.
    public var driver = ""
    /// How many; -1 is all.
    public var count = 0
    /// Which.
    public var deviceIDs: [String]?
    /// Sets of capabilities, one of which must be had.
    public var capabilities: [[String]]?
    /// Options of the driver.
    public var options: [String: String]?

    /// An empty request.
    public init() {}
}

/// A resource limit of processes.
public struct Ulimit: Sendable, Hashable {
    /// `nofile`, `nproc`, …
    public var name: String
    /// What holds; -1 is unlimited.
    public var soft: Int64
    /// How far a process may raise it; -1 is unlimited.
    public var hard: Int64

    /// A limit by parts.
    public init(name: String, soft: Int64, hard: Int64) {
        self.name = name
        self.soft = soft
        self.hard = hard
    }
}
