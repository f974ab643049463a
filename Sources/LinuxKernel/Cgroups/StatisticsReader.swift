import Glibc

/// Reads the statistics of a cgroup from whichever interface each controller has.
struct StatisticsReader {
    let cgroup: Cgroup

    func read() throws(SystemError) -> CgroupStatistics {
        let version = cgroup.directory(for: "memory")?.version ?? cgroup.directory(for: "cpu")?.version ?? .v2
        var statistics = CgroupStatistics(version: version)
        statistics.cpu = try cpu()
        statistics.memory = try memory()
        statistics.pids = try pids()
        statistics.blockIO = try blockIO()
        return statistics
    }

    private func cpu() throws(SystemError) -> CgroupStatistics.CPU {
        var cpu = CgroupStatistics.CPU()
        if let (directory, version) = cgroup.directory(for: "cpuacct"), version == .v1 {
            cpu.total = ControlText.number(try text(directory, "cpuacct.usage")) ?? 0
            cpu.user = ControlText.number(try text(directory, "cpuacct.usage_user")) ?? 0
            cpu.system = ControlText.number(try text(directory, "cpuacct.usage_sys")) ?? 0
            cpu.perProcessor = try text(directory, "cpuacct.usage_percpu").split { $0.isWhitespace }
                .compactMap { UInt64($0) }
        }
        // Without any controller, v2 still counts processor time.
        guard let directory = cgroup.directory(for: "cpu")?.path ?? cgroup.unified else { return cpu }
        for (name, value) in ControlText.pairs(try text(directory, "cpu.stat")) {
            switch name {
            case "nr_periods": cpu.periods = value
            case "nr_throttled": cpu.throttledPeriods = value
            case "throttled_time": cpu.throttledTime = value
            case "throttled_usec": cpu.throttledTime = value * 1000
            case "usage_usec": cpu.total = value * 1000
            case "user_usec": cpu.user = value * 1000
            case "system_usec": cpu.system = value * 1000
            default: break
            }
        }
        return cpu
    }

    private func memory() throws(SystemError) -> CgroupStatistics.Memory? {
        guard let (directory, version) = cgroup.directory(for: "memory") else { return nil }
        var memory = CgroupStatistics.Memory()
        memory.details = ControlText.pairs(try text(directory, "memory.stat")).map {
            .init(name: $0.name, value: $0.value)
        }
        switch version {
        case .v1:
            memory.usage = ControlText.number(try text(directory, "memory.usage_in_bytes")) ?? 0
            memory.maximum = ControlText.number(try text(directory, "memory.max_usage_in_bytes"))
            memory.failures = ControlText.number(try text(directory, "memory.failcnt"))
            let limit = ControlText.number(try text(directory, "memory.limit_in_bytes"))
            // No limit is shown as the largest number of bytes in whole pages.
            memory.limit = limit.flatMap { $0 >= UInt64(Int64.max) &- 0xFFFF ? nil : $0 }
        case .v2:
            memory.usage = ControlText.number(try text(directory, "memory.current")) ?? 0
            memory.maximum = try textIfThere(directory, "memory.peak").flatMap(ControlText.number)
            memory.limit = ControlText.number(try text(directory, "memory.max"))
        }
        return memory
    }

    private func pids() throws(SystemError) -> CgroupStatistics.PIDs? {
        guard let (directory, _) = cgroup.directory(for: "pids") else { return nil }
        let current = ControlText.number(try text(directory, "pids.current")) ?? 0
        return .init(current: current, limit: ControlText.number(try text(directory, "pids.max")))
    }

    private func blockIO() throws(SystemError) -> CgroupStatistics.BlockIO {
        if let (directory, _) = cgroup.directory(for: "blkio") {
            return .init(
                serviceBytes: try recursive(directory, "io_service_bytes"),
                serviced: try recursive(directory, "io_serviced"))
        }
        guard let (directory, _) = cgroup.directory(for: "io") else { return .init() }
        return ControlText.ioStat(try text(directory, "io.stat"))
    }

    /// BFQ counts only what it schedules itself; the throttle's counters see everything else.
    private func recursive(_ directory: String, _ name: String) throws(SystemError) -> [CgroupStatistics.BlockIOEntry] {
        for scheduler in ["bfq", "throttle"] {
            guard let text = try textIfThere(directory, "blkio.\(scheduler).\(name)_recursive") else { continue }
            let entries = ControlText.blockIO(text)
            if !entries.isEmpty { return entries }
        }
        return []
    }

    private func text(_ directory: String, _ file: String) throws(SystemError) -> String {
        try SmallFile.text("\(directory)/\(file)")
    }

    private func textIfThere(_ directory: String, _ file: String) throws(SystemError) -> String? {
        do {
            return try SmallFile.text("\(directory)/\(file)")
        } catch {
            if error.errno == ENOENT { return nil }
            throw error
        }
    }
}
