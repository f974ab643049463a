import Glibc

/// Turns limits into writes to control files (Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst).
struct LimitWriter {
    let cgroup: Cgroup

    func apply(_ limits: ResourceLimits) throws(CgroupError) {
        try memory(limits)
        try cpu(limits)
        if let cpus = limits.cpusetCPUs { try write(try place("cpuset").path, "cpuset.cpus", cpus) }
        if let nodes = limits.cpusetMemoryNodes { try write(try place("cpuset").path, "cpuset.mems", nodes) }
        if let pids = limits.pids { try write(try place("pids").path, "pids.max", pids > 0 ? String(pids) : "max") }
        try blockIO(limits)
    }

    // MARK: Memory

    private func memory(_ limits: ResourceLimits) throws(CgroupError) {
        let asked = [limits.memory, limits.memorySwap, limits.memoryReservation, limits.swappiness]
        guard asked.contains(where: { $0 != nil }) || limits.oomKillDisable != nil else { return }
        let (directory, version) = try place("memory")
        guard version == .v2 else { return try memoryV1(limits, directory) }
        if let reservation = limits.memoryReservation {
            try write(directory, "memory.low", Self.orMax(reservation))
        }
        if let swap = limits.memorySwap, SmallFile.exists("\(directory)/memory.swap.max") {
            try write(directory, "memory.swap.max", try swapV2(swap, memory: limits.memory, directory))
        }
        if let memory = limits.memory { try write(directory, "memory.max", Self.orMax(memory)) }
    }

    /// v2 counts swap alone, docker memory and swap together.
    private func swapV2(_ total: Int64, memory: Int64?, _ directory: String) throws(CgroupError) -> String {
        guard total > 0 else { return "max" }
        var memory = memory
        if memory == nil { memory = Int64(try read(directory, "memory.max")) }
        guard let memory, memory > 0 else {
            throw .unusable("a limit on memory and swap together needs a limit on memory")
        }
        guard total >= memory else {
            throw .unusable("the limit on memory and swap together, \(total), is below the limit on memory, \(memory)")
        }
        return String(total - memory)
    }

    private func memoryV1(_ limits: ResourceLimits, _ directory: String) throws(CgroupError) {
        let (limit, total) = ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")
        switch (limits.memory, limits.memorySwap) {
        case (let memory?, let swap?):
            // The kernel wants memory <= total at every step, so that growing starts with the total, shrinking with memory.
            let current = UInt64(try read(directory, limit)) ?? 0
            let growing = swap == -1 || current < UInt64(max(0, swap))
            if growing { try write(directory, total, String(swap)) }
            try write(directory, limit, String(memory))
            if !growing { try write(directory, total, String(swap)) }
        case (let memory?, nil): try write(directory, limit, String(memory))
        case (nil, let swap?): try write(directory, total, String(swap))
        case (nil, nil): break
        }
        if let reservation = limits.memoryReservation {
            try write(directory, "memory.soft_limit_in_bytes", String(reservation))
        }
        if let swappiness = limits.swappiness { try write(directory, "memory.swappiness", String(swappiness)) }
        if let disable = limits.oomKillDisable { try write(directory, "memory.oom_control", disable ? "1" : "0") }
    }

    private static func orMax(_ value: Int64) -> String { value < 0 ? "max" : String(value) }

    // MARK: Processors

    private func cpu(_ limits: ResourceLimits) throws(CgroupError) {
        if let shares = limits.cpuShares, shares > 0 {
            let (directory, version) = try place("cpu")
            if version == .v1 {
                try write(directory, "cpu.shares", String(shares))
            } else {
                try write(directory, "cpu.weight", String(Self.weight(shares: shares)))
            }
        }
        let (quota, period) = limits.effectiveCPU
        guard quota != nil || period != nil else { return }
        let (directory, version) = try place("cpu")
        guard version == .v2 else {
            if let period { try write(directory, "cpu.cfs_period_us", String(period)) }
            if let quota { try write(directory, "cpu.cfs_quota_us", String(quota > 0 ? quota : -1)) }
            return
        }
        var text: String
        if let quota {
            text = quota > 0 ? String(quota) : "max"
        } else {
            text = try read(directory, "cpu.max").split(separator: " ").first.map(String.init) ?? "max"
        }
        if let period { text += " \(period)" }
        try write(directory, "cpu.max", text)
    }

    /// cpu.weight for cpu.shares: 2 ↦ 1, 1024 ↦ 100, 262144 ↦ 10000, on a curve through the three in log-log space, as
    /// runc and crun convert since 2025 (the straight line of before gave the default of 1024 a weight of 39).
    static func weight(shares: Int64) -> Int64 {
        if shares <= 2 { return 1 }
        if shares >= 262_144 { return 10_000 }
        let logarithm = log2(Double(shares))
        let exponent = (logarithm * logarithm + 125 * logarithm) / 612 - 7.0 / 34.0
        return Int64(pow(10, exponent).rounded(.up))
    }

    // MARK: Block I/O

    private func blockIO(_ limits: ResourceLimits) throws(CgroupError) {
        if let weight = limits.blockIOWeight, weight > 0 { try blockIOWeight(weight) }
        for throttle in limits.blockIOThrottles {
            let device = "\(throttle.major):\(throttle.minor)"
            if let blkio = cgroup.directory(for: "blkio") {
                try write(blkio.path, "blkio.throttle.\(throttle.measure.nameV1)_device", "\(device) \(throttle.rate)")
            } else {
                let rate = throttle.rate == 0 ? "max" : String(throttle.rate)
                try write(try place("io").path, "io.max", "\(device) \(throttle.measure.nameV2)=\(rate)")
            }
        }
    }

    private func blockIOWeight(_ weight: Int64) throws(CgroupError) {
        if let blkio = cgroup.directory(for: "blkio") {
            let files = ["blkio.bfq.weight", "blkio.weight"]
            guard let file = files.first(where: { SmallFile.exists("\(blkio.path)/\($0)") }) else {
                throw .noController("blkio.weight")
            }
            return try write(blkio.path, file, String(weight))
        }
        let io = try place("io").path
        if SmallFile.exists("\(io)/io.bfq.weight") { return try write(io, "io.bfq.weight", String(weight)) }
        // 10…1000 onto 1…10000.
        try write(io, "io.weight", "default \(1 + (weight - 10) * 9999 / 990)")
    }

    // MARK: Files

    private func place(_ controller: String) throws(CgroupError) -> (path: String, version: CgroupVersion) {
        guard let place = cgroup.directory(for: controller) else { throw .noController(controller) }
        return place
    }

    private func write(_ directory: String, _ file: String, _ value: String) throws(CgroupError) {
        do {
            try SmallFile.control("\(directory)/\(file)", value)
        } catch {
            throw .system(error)
        }
    }

    private func read(_ directory: String, _ file: String) throws(CgroupError) -> String {
        do {
            return String(try SmallFile.text("\(directory)/\(file)").prefix { $0 != "\n" })
        } catch {
            throw .system(error)
        }
    }
}

extension BlockIOThrottle.Measure {
    var nameV1: String {
        switch self {
        case .readBytesPerSecond: "read_bps"
        case .writeBytesPerSecond: "write_bps"
        case .readOperationsPerSecond: "read_iops"
        case .writeOperationsPerSecond: "write_iops"
        }
    }

    var nameV2: String {
        switch self {
        case .readBytesPerSecond: "rbps"
        case .writeBytesPerSecond: "wbps"
        case .readOperationsPerSecond: "riops"
        case .writeOperationsPerSecond: "wiops"
        }
    }
}
