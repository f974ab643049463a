/// What a cgroup has used and is using; enough for docker's `/containers/{id}/stats`.
public struct CgroupStatistics: Sendable, Hashable {
    /// Processor time, nanoseconds.
    public struct CPU: Sendable, Hashable {
        /// All of it.
        public var total: UInt64 = 0
        /// In user mode.
        public var user: UInt64 = 0
        /// In the kernel.
        public var system: UInt64 = 0
        /// By processor; empty on v2, which does not count it.
        public var perProcessor: [UInt64] = []
        /// Periods in which a quota was in force.
        public var periods: UInt64 = 0
        /// Periods in which it was used up.
        public var throttledPeriods: UInt64 = 0
        /// Time spent waiting for the next period.
        public var throttledTime: UInt64 = 0
    }

    /// Memory, bytes.
    public struct Memory: Sendable, Hashable {
        /// In use, page cache included.
        public var usage: UInt64 = 0
        /// The most that was in use; `nil` where the kernel does not keep it.
        public var maximum: UInt64?
        /// How often the limit was hit; `nil` on v2.
        public var failures: UInt64?
        /// The limit; `nil` for none.
        public var limit: UInt64?
        /// memory.stat, in the kernel's order.
        public var details: [Detail] = []

        /// One line of memory.stat.
        public struct Detail: Sendable, Hashable {
            /// `cache`, `anon`, …
            public let name: String
            /// Bytes or a count, as the kernel documents it.
            public let value: UInt64
        }

        /// A line of memory.stat by name.
        public func detail(_ name: String) -> UInt64? { details.first { $0.name == name }?.value }
    }

    /// Processes and threads.
    public struct PIDs: Sendable, Hashable {
        /// How many there are.
        public var current: UInt64 = 0
        /// How many there may be; `nil` for any number.
        public var limit: UInt64?
    }

    /// One line of a block I/O statistic.
    public struct BlockIOEntry: Sendable, Hashable {
        /// The device's major number.
        public var major: UInt64
        /// The device's minor number.
        public var minor: UInt64
        /// `Read`, `Write`, `Sync`, `Async`, `Discard`, `Total` on v1; `read`, `write` on v2.
        public var operation: String
        /// Bytes or a count.
        public var value: UInt64
    }

    /// Block I/O.
    public struct BlockIO: Sendable, Hashable {
        /// Bytes moved.
        public var serviceBytes: [BlockIOEntry] = []
        /// Operations done.
        public var serviced: [BlockIOEntry] = []
    }

    /// The interface they were read from, which decides what the names in ``Memory/details`` mean.
    public var version: CgroupVersion
    /// Processor time.
    public var cpu = CPU()
    /// Memory, where the controller is there.
    public var memory: Memory?
    /// Processes, where the controller is there.
    public var pids: PIDs?
    /// Block I/O.
    public var blockIO = BlockIO()
}

extension Cgroup {
    /// Reads them; ENOENT where the cgroup is gone.
    public func statistics() throws(CgroupError) -> CgroupStatistics {
        do {
            return try StatisticsReader(cgroup: self).read()
        } catch {
            throw .system(error)
        }
    }

    /// How often the kernel killed a process in it for want of memory, since it was made.
    public func outOfMemoryKills() throws(CgroupError) -> UInt64 {
        guard let (directory, version) = directory(for: "memory") else { return 0 }
        let file = version == .v1 ? "memory.oom_control" : "memory.events"
        do {
            return ControlText.pairs(try SmallFile.text("\(directory)/\(file)")).first { $0.name == "oom_kill" }?.value
                ?? 0
        } catch {
            throw .system(error)
        }
    }
}

/// The formats of control files (cgroup-v2.rst, "Interface Files").
enum ControlText {
    /// Lines of a name and a number.
    static func pairs(_ text: String) -> [(name: String, value: UInt64)] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 2, let value = UInt64(words[1]) else { return nil }
            return (String(words[0]), value)
        }
    }

    /// One number, or `nil` for `max`.
    static func number(_ text: String) -> UInt64? { UInt64(text.prefix { $0.isNumber }) }

    /// v1 block I/O: `254:0 Read 4096`; the last line, `Total 4096`, belongs to no device and is left out.
    static func blockIO(_ text: String) -> [CgroupStatistics.BlockIOEntry] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 3, let value = UInt64(words[2]), let device = device(words[0]) else { return nil }
            return .init(major: device.major, minor: device.minor, operation: String(words[1]), value: value)
        }
    }

    /// v2 io.stat: `254:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0`.
    static func ioStat(_ text: String) -> CgroupStatistics.BlockIO {
        var statistics = CgroupStatistics.BlockIO()
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let first = words.first, let device = device(first) else { continue }
            for word in words.dropFirst() {
                let parts = word.split(separator: "=")
                guard parts.count == 2, let value = UInt64(parts[1]) else { continue }
                func entry(_ operation: String) -> CgroupStatistics.BlockIOEntry {
                    .init(major: device.major, minor: device.minor, operation: operation, value: value)
                }
                switch parts[0] {
                case "rbytes": statistics.serviceBytes.append(entry("read"))
                case "wbytes": statistics.serviceBytes.append(entry("write"))
                case "rios": statistics.serviced.append(entry("read"))
                case "wios": statistics.serviced.append(entry("write"))
                default: break
                }
            }
        }
        return statistics
    }

    private static func device(_ text: Substring) -> (major: UInt64, minor: UInt64)? {
        let numbers = text.split(separator: ":").compactMap { UInt64($0) }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
    }
}
