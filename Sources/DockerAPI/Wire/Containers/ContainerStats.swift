/// One value of `GET /containers/{id}/stats` (`ContainerStatsResponse`).
public struct ContainerStats: Codable, Sendable, Hashable {
    /// The container, with a `/` before it.
    public var name: String?
    /// The container's ID.
    public var id: String?
    /// When it was measured, RFC 3339.
    public var read: String?
    /// When the value before was measured; year 1 in the first.
    public var preread: String?
    /// Processes.
    public var pidsStats: PidsStats?
    /// Block I/O.
    public var blkioStats: BlkioStats?
    /// Windows: processes.
    public var numProcs: UInt64?
    /// Windows: storage.
    public var storageStats: StorageStats?
    /// CPU time now.
    public var cpuStats: CPUStats?
    /// CPU time at the value before.
    public var precpuStats: CPUStats?
    /// Memory.
    public var memoryStats: MemoryStats?
    /// Traffic by interface.
    public var networks: [String: NetworkStats]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case name
        case id
        case read
        case preread
        case pidsStats = "pids_stats"
        case blkioStats = "blkio_stats"
        case numProcs = "num_procs"
        case storageStats = "storage_stats"
        case cpuStats = "cpu_stats"
        case precpuStats = "precpu_stats"
        case memoryStats = "memory_stats"
        case networks
    }
}

/// Processes (`ContainerPidsStats`).
public struct PidsStats: Codable, Sendable, Hashable {
    /// How many there are.
    public var current: UInt64?
    /// How many there may be; 2^64-1 is unlimited.
    public var limit: UInt64?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case current
        case limit
    }
}

/// CPU time (`ContainerCPUStats`).
public struct CPUStats: Codable, Sendable, Hashable {
    /// The container's.
    public var cpuUsage: CPUUsage?
    /// The host's, in nanoseconds.
    public var systemCpuUsage: UInt64?
    /// CPUs of the host.
    public var onlineCpus: UInt64?
    /// How often it was held back.
    public var throttlingData: ThrottlingData?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case cpuUsage = "cpu_usage"
        case systemCpuUsage = "system_cpu_usage"
        case onlineCpus = "online_cpus"
        case throttlingData = "throttling_data"
    }
}

/// CPU time used (`ContainerCPUUsage`), in nanoseconds (Windows: 100 ns).
public struct CPUUsage: Codable, Sendable, Hashable {
    /// All of it.
    public var totalUsage: UInt64?
    /// By CPU; only with cgroups v1.
    public var percpuUsage: [UInt64]?
    /// In the kernel.
    public var usageInKernelmode: UInt64?
    /// In programs.
    public var usageInUsermode: UInt64?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case totalUsage = "total_usage"
        case percpuUsage = "percpu_usage"
        case usageInKernelmode = "usage_in_kernelmode"
        case usageInUsermode = "usage_in_usermode"
    }
}

/// How often CPU time ran out (`ContainerThrottlingData`).
public struct ThrottlingData: Codable, Sendable, Hashable {
    /// Periods with a limit.
    public var periods: UInt64?
    /// Periods in which it was held back.
    public var throttledPeriods: UInt64?
    /// Nanoseconds held back.
    public var throttledTime: UInt64?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case periods
        case throttledPeriods = "throttled_periods"
        case throttledTime = "throttled_time"
    }
}

/// Memory (`ContainerMemoryStats`).
public struct MemoryStats: Codable, Sendable, Hashable {
    /// Bytes in use.
    public var usage: UInt64?
    /// The most ever used, in bytes; only with cgroups v1.
    public var maxUsage: UInt64?
    /// The fields of `memory.stat`.
    public var stats: [String: UInt64]?
    /// How often the limit was hit; only with cgroups v1.
    public var failcnt: UInt64?
    /// Bytes it may use.
    public var limit: UInt64?
    /// Windows: bytes committed.
    public var commitbytes: UInt64?
    /// Windows: the most ever committed.
    public var commitpeakbytes: UInt64?
    /// Windows: private working set.
    public var privateworkingset: UInt64?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case usage
        case maxUsage = "max_usage"
        case stats
        case failcnt
        case limit
        case commitbytes
        case commitpeakbytes
        case privateworkingset
    }
}

/// Traffic of an interface (`ContainerNetworkStats`).
public struct NetworkStats: Codable, Sendable, Hashable {
    /// Bytes received.
    public var rxBytes: UInt64?
    /// Packets received.
    public var rxPackets: UInt64?
    /// Errors in receiving.
    public var rxErrors: UInt64?
    /// Packets dropped in receiving.
    public var rxDropped: UInt64?
    /// Bytes sent.
    public var txBytes: UInt64?
    /// Packets sent.
    public var txPackets: UInt64?
    /// Errors in sending.
    public var txErrors: UInt64?
    /// Packets dropped in sending.
    public var txDropped: UInt64?
    /// Windows: the endpoint.
    public var endpointId: String?
    /// Windows: the instance.
    public var instanceId: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case rxBytes = "rx_bytes"
        case rxPackets = "rx_packets"
        case rxErrors = "rx_errors"
        case rxDropped = "rx_dropped"
        case txBytes = "tx_bytes"
        case txPackets = "tx_packets"
        case txErrors = "tx_errors"
        case txDropped = "tx_dropped"
        case endpointId = "endpoint_id"
        case instanceId = "instance_id"
    }
}

/// Block I/O (`ContainerBlkioStats`).
public struct BlkioStats: Codable, Sendable, Hashable {
    /// Bytes.
    public var ioServiceBytesRecursive: [BlkioStatEntry]?
    /// Operations; only with cgroups v1.
    public var ioServicedRecursive: [BlkioStatEntry]?
    /// Operations queued; only with cgroups v1.
    public var ioQueueRecursive: [BlkioStatEntry]?
    /// Nanoseconds served; only with cgroups v1.
    public var ioServiceTimeRecursive: [BlkioStatEntry]?
    /// Nanoseconds waited; only with cgroups v1.
    public var ioWaitTimeRecursive: [BlkioStatEntry]?
    /// Operations merged; only with cgroups v1.
    public var ioMergedRecursive: [BlkioStatEntry]?
    /// Milliseconds of device time; only with cgroups v1.
    public var ioTimeRecursive: [BlkioStatEntry]?
    /// Sectors; only with cgroups v1.
    public var sectorsRecursive: [BlkioStatEntry]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case ioServiceBytesRecursive = "io_service_bytes_recursive"
        case ioServicedRecursive = "io_serviced_recursive"
        case ioQueueRecursive = "io_queue_recursive"
        case ioServiceTimeRecursive = "io_service_time_recursive"
        case ioWaitTimeRecursive = "io_wait_time_recursive"
        case ioMergedRecursive = "io_merged_recursive"
        case ioTimeRecursive = "io_time_recursive"
        case sectorsRecursive = "sectors_recursive"
    }
}

/// One figure of block I/O (`ContainerBlkioStatEntry`).
public struct BlkioStatEntry: Codable, Sendable, Hashable {
    /// The device's major number.
    public var major: UInt64?
    /// The device's minor number.
    public var minor: UInt64?
    /// `read`, `write` and the like.
    public var op: String?
    /// The figure.
    public var value: UInt64?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case major
        case minor
        case op
        case value
    }
}

/// Windows: storage (`ContainerStorageStats`).
public struct StorageStats: Codable, Sendable, Hashable {
    /// Reads.
    public var readCountNormalized: UInt64?
    /// Bytes read.
    public var readSizeBytes: UInt64?
    /// Writes.
    public var writeCountNormalized: UInt64?
    /// Bytes written.
    public var writeSizeBytes: UInt64?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case readCountNormalized = "read_count_normalized"
        case readSizeBytes = "read_size_bytes"
        case writeCountNormalized = "write_count_normalized"
        case writeSizeBytes = "write_size_bytes"
    }
}
