import OCI

/// One reading of a container's counters, with the one before (`GET /containers/{id}/stats`).
public struct ContainerStatistics: Sendable, Hashable {
    /// 64 hexadecimal digits.
    public var id: String
    /// Without the slash.
    public var name: String
    /// When it was read; nil where the container does not run.
    public var read: Timestamp?
    /// When the one before was read; nil for the first.
    public var previousRead: Timestamp?
    /// The counters; nil where the container does not run.
    public var current: Reading?
    /// The processor's counters of the reading before.
    public var previousCPU: CPU?

    /// The counters at one moment.
    public struct Reading: Sendable, Hashable {
        /// Processes and threads.
        public var pids: UInt64
        /// Their limit; 0 where there is none.
        public var pidsLimit: UInt64
        /// The processor.
        public var cpu: CPU
        /// Memory.
        public var memory: Memory
        /// Interfaces by name; nil where it shares the host's or has none.
        public var networks: [String: NetworkCounters]?
        /// Block I/O; nil where the kernel does not count it.
        public var blockIO: [BlockCounter]?
        /// The cgroup version it was read from, which decides the names in `memory.details`.
        public var cgroupVersion: Int
    }

    /// Processor time, nanoseconds.
    public struct CPU: Sendable, Hashable {
        /// All.
        public var total: UInt64 = 0
        /// By CPU; v1 only.
        public var perCPU: [UInt64]?
        /// In the kernel.
        public var kernel: UInt64 = 0
        /// In user mode.
        public var user: UInt64 = 0
        /// The whole machine's.
        public var system: UInt64 = 0
        /// How many CPUs are on.
        public var onlineCPUs = 0
        /// Periods, of them throttled, nanoseconds throttled.
        public var periods: UInt64 = 0
        /// See `periods`.
        public var throttledPeriods: UInt64 = 0
        /// See `periods`.
        public var throttledTime: UInt64 = 0

        /// All zero.
        public init() {}
    }

    /// Memory, bytes.
    public struct Memory: Sendable, Hashable {
        /// In use.
        public var usage: UInt64 = 0
        /// At most in use so far; v1 only.
        public var maximumUsage: UInt64?
        /// The limit, the host's memory where there is none.
        public var limit: UInt64 = 0
        /// How often the limit was met; v1 only.
        public var failures: UInt64?
        /// `memory.stat`.
        public var details: [String: UInt64] = [:]

        /// All zero.
        public init() {}
    }

    /// Traffic of an interface.
    public struct NetworkCounters: Sendable, Hashable {
        /// Bytes that came in.
        public var receivedBytes: UInt64 = 0
        /// Packets that came in.
        public var receivedPackets: UInt64 = 0
        /// Packets that came in damaged.
        public var receiveErrors: UInt64 = 0
        /// Packets that came in and were dropped.
        public var receiveDropped: UInt64 = 0
        /// Bytes that went out.
        public var sentBytes: UInt64 = 0
        /// Packets that went out.
        public var sentPackets: UInt64 = 0
        /// Packets that could not go out.
        public var sendErrors: UInt64 = 0
        /// Packets that were to go out and were dropped.
        public var sendDropped: UInt64 = 0

        /// All zero.
        public init() {}
    }

    /// Bytes moved by a block device.
    public struct BlockCounter: Sendable, Hashable {
        /// Major and minor number.
        public var major: UInt64
        /// See `major`.
        public var minor: UInt64
        /// `read` or `write`, as the kernel writes it.
        public var operation: String
        /// Bytes.
        public var bytes: UInt64

        /// A counter by parts.
        public init(major: UInt64, minor: UInt64, operation: String, bytes: UInt64) {
            self.major = major
            self.minor = minor
            self.operation = operation
            self.bytes = bytes
        }
    }
}
