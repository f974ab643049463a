/// What a container may use; `nil` leaves a limit as it is.
public struct ResourceLimits: Sendable, Hashable {
    /// Bytes of memory; -1 for no limit.
    public var memory: Int64?
    /// Bytes below which memory is not taken back under pressure.
    public var memoryReservation: Int64?
    /// Bytes of memory and swap together; -1 for no limit.
    public var memorySwap: Int64?
    /// How readily anonymous memory is swapped, 0 to 100 (v1 only).
    public var swappiness: Int64?
    /// Billionths of a processor; stands for a quota over a period of 100 ms.
    public var nanoCPUs: Int64?
    /// Length of the scheduler's period, microseconds.
    public var cpuPeriod: Int64?
    /// Processor time in each period, microseconds; -1 for no limit.
    public var cpuQuota: Int64?
    /// Weight against neighbours, 1024 by default.
    public var cpuShares: Int64?
    /// Processors, as a list: `0-3,7`.
    public var cpusetCPUs: String?
    /// Memory nodes, as a list.
    public var cpusetMemoryNodes: String?
    /// Processes and threads; -1 for no limit.
    public var pids: Int64?
    /// Whether processes wait for memory instead of being killed (v1 only).
    public var oomKillDisable: Bool?
    /// Share of block I/O, 10 to 1000.
    public var blockIOWeight: Int64?
    /// Rates of block I/O.
    public var blockIOThrottles: [BlockIOThrottle] = []

    /// No limits.
    public init() {}

    /// The quota and period that take effect: of `nanoCPUs` where it is set (docker run --cpus).
    var effectiveCPU: (quota: Int64?, period: Int64?) {
        guard let nanoCPUs else { return (cpuQuota, cpuPeriod) }
        let period: Int64 = 100_000
        return (nanoCPUs * period / 1_000_000_000, period)
    }
}

/// The most that may be read from or written to one block device.
public struct BlockIOThrottle: Sendable, Hashable {
    /// What is counted.
    public enum Measure: Sendable, Hashable, CaseIterable {
        case readBytesPerSecond, writeBytesPerSecond, readOperationsPerSecond, writeOperationsPerSecond
    }
    /// The device's major number.
    public var major: UInt32
    /// The device's minor number.
    public var minor: UInt32
    /// What is counted.
    public var measure: Measure
    /// How much of it; 0 for no limit.
    public var rate: UInt64

    /// A throttle by parts.
    public init(major: UInt32, minor: UInt32, measure: Measure, rate: UInt64) {
        self.major = major
        self.minor = minor
        self.measure = measure
        self.rate = rate
    }
}

/// What this machine's cgroups can do; `/info` reports it.
public struct CgroupFeatures: Sendable, Hashable {
    /// Memory limits.
    public var memory = false
    /// Limits on memory and swap together.
    public var swap = false
    /// Soft limits.
    public var memoryReservation = false
    /// Switching the OOM killer off (v1 only).
    public var oomKillDisable = false
    /// Swappiness by cgroup (v1 only).
    public var swappiness = false
    /// Processor weights.
    public var cpuShares = false
    /// Processor quotas.
    public var cpuQuota = false
    /// Pinning to processors and memory nodes.
    public var cpuset = false
    /// Limits on processes.
    public var pids = false
    /// Shares of block I/O.
    public var blockIOWeight = false
    /// Rates of block I/O.
    public var blockIOThrottle = false
    /// Stopping processes where they are.
    public var freezer = false
    /// Processors that may be asked for.
    public var availableCPUs = ""
    /// Memory nodes that may be asked for.
    public var availableMemoryNodes = ""

    /// A machine that can do nothing.
    public init() {}
}
