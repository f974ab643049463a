/// A limit that docker refuses, in its words.
public struct LimitError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `Minimum memory limit allowed is 6MB`.
    public let message: String
    /// The message.
    public var description: String { message }

    init(_ message: String) { self.message = message }
}

extension ResourceLimits {
    /// The least memory with which a container starts at all.
    static let leastMemory: Int64 = 6 << 20

    /// These limits as docker would take them: refused, or cut down to what the machine can do, each cut with a warning.
    ///
    /// Memory without a word on swap gets as much swap again, as docker run's `--memory-swap` documents.
    ///
    /// - Parameters:
    ///   - processors: how many there are.
    ///   - updating: whether they are for a container that exists, whose own memory limit may stand.
    public func checked(features: CgroupFeatures, processors: Int, updating: Bool = false)
        throws(LimitError) -> (limits: ResourceLimits, warnings: [String])
    {
        var check = LimitCheck(limits: self, features: features)
        try check.memory(updating: updating)
        try check.outOfMemoryAndPIDs()
        try check.cpu(processors: processors)
        try check.cpuset()
        try check.blockIO()
        return (check.limits, check.warnings)
    }

    /// These limits where they are set, and the old ones elsewhere (docker update).
    public func merged(over old: ResourceLimits) throws(LimitError) -> ResourceLimits {
        if let memory, let oldSwap = old.memorySwap, oldSwap > 0, memorySwap == nil, memory > oldSwap {
            throw LimitError(
                "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time"
            )
        }
        if nanoCPUs != nil, old.cpuPeriod != nil {
            throw LimitError("Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set")
        }
        if nanoCPUs != nil, old.cpuQuota != nil {
            throw LimitError("Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set")
        }
        if cpuPeriod != nil, old.nanoCPUs != nil {
            throw LimitError("Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set")
        }
        if cpuQuota != nil, old.nanoCPUs != nil {
            throw LimitError("Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set")
        }
        var merged = old
        merged.memory = memory ?? old.memory
        merged.memoryReservation = memoryReservation ?? old.memoryReservation
        merged.memorySwap = memorySwap ?? old.memorySwap
        merged.swappiness = swappiness ?? old.swappiness
        merged.nanoCPUs = nanoCPUs ?? old.nanoCPUs
        merged.cpuPeriod = cpuPeriod ?? old.cpuPeriod
        merged.cpuQuota = cpuQuota ?? old.cpuQuota
        merged.cpuShares = cpuShares ?? old.cpuShares
        merged.cpusetCPUs = cpusetCPUs ?? old.cpusetCPUs
        merged.cpusetMemoryNodes = cpusetMemoryNodes ?? old.cpusetMemoryNodes
        merged.pids = pids ?? old.pids
        merged.oomKillDisable = oomKillDisable ?? old.oomKillDisable
        merged.blockIOWeight = blockIOWeight ?? old.blockIOWeight
        if !blockIOThrottles.isEmpty { merged.blockIOThrottles = blockIOThrottles }
        return merged
    }
}

/// One pass over limits; the order of the checks is docker's, since the first complaint is the one a client sees.
private struct LimitCheck {
    var limits: ResourceLimits
    let features: CgroupFeatures
    var warnings: [String] = []

    mutating func memory(updating: Bool) throws(LimitError) {
        let least = ResourceLimits.leastMemory
        if let memory = limits.memory, memory != -1, memory < least {
            throw LimitError("Minimum memory limit allowed is 6MB")
        }
        if limits.memory ?? 0 > 0, !features.memory {
            warn("memory limit capabilities", "Limitation discarded.")
            limits.memory = nil
            limits.memorySwap = nil
        }
        if let memory = limits.memory, memory > 0 {
            if let swap = limits.memorySwap, swap > 0, swap < memory {
                throw LimitError("Minimum memoryswap limit should be larger than memory limit, see usage")
            }
            if !features.swap, limits.memorySwap != -1 {
                warn("swap limit capabilities", "Memory limited without swap.")
                limits.memorySwap = nil
            } else if limits.memorySwap == nil, !updating {
                limits.memorySwap = memory.multipliedReportingOverflow(by: 2).overflow ? -1 : memory * 2
            }
        } else if let swap = limits.memorySwap, swap > 0, !updating {
            throw LimitError("You should always set the Memory limit when using Memoryswap limit, see usage")
        }
        try swappinessAndReservation(least: least)
    }

    private mutating func swappinessAndReservation(least: Int64) throws(LimitError) {
        if let swappiness = limits.swappiness {
            if !features.swappiness {
                warn("memory swappiness capabilities", "Memory swappiness discarded.")
                limits.swappiness = nil
            } else if !(0...100).contains(swappiness) {
                throw LimitError("Invalid value: \(swappiness), valid memory swappiness range is 0-100")
            }
        }
        if limits.memoryReservation ?? 0 > 0, !features.memoryReservation {
            warn("memory soft limit capabilities", "Limitation discarded.")
            limits.memoryReservation = nil
        }
        guard let reservation = limits.memoryReservation else { return }
        if reservation < least { throw LimitError("Minimum memory reservation allowed is 6MB") }
        if let memory = limits.memory, memory > 0, memory < reservation {
            throw LimitError("Minimum memory limit can not be less than memory reservation limit, see usage")
        }
    }

    mutating func outOfMemoryAndPIDs() throws(LimitError) {
        if limits.oomKillDisable != nil, !features.oomKillDisable {
            // To ask for what is the case anyway deserves no warning.
            if limits.oomKillDisable == true {
                warnings.append("Your kernel does not support OomKillDisable. OomKillDisable discarded.")
            }
            limits.oomKillDisable = nil
        }
        if limits.oomKillDisable == true, limits.memory == nil {
            warnings.append(
                "OOM killer is disabled for the container, but no memory limit is set, "
                    + "this can result in the system running out of resources.")
        }
        if let pids = limits.pids, !features.pids {
            if pids > 0 { warn("PIDs limit capabilities", "PIDs limit discarded.") }
            limits.pids = nil
        }
    }

    mutating func cpu(processors: Int) throws(LimitError) {
        if let nanoCPUs = limits.nanoCPUs {
            if limits.cpuPeriod != nil {
                throw LimitError("Conflicting options: Nano CPUs and CPU Period cannot both be set")
            }
            if limits.cpuQuota != nil {
                throw LimitError("Conflicting options: Nano CPUs and CPU Quota cannot both be set")
            }
            guard features.cpuQuota else {
                throw LimitError(
                    "NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler "
                        + "or the cgroup is not mounted")
            }
            guard nanoCPUs >= 0, nanoCPUs <= Int64(processors) * 1_000_000_000 else {
                throw LimitError(
                    "range of CPUs is from 0.01 to \(processors).00, as there are only \(processors) CPUs available")
            }
        }
        if limits.cpuShares ?? 0 > 0, !features.cpuShares {
            warnings.append("Your kernel does not support CPU shares or the cgroup is not mounted. Shares discarded.")
            limits.cpuShares = nil
        }
        if limits.cpuPeriod != nil || limits.cpuQuota != nil, !features.cpuQuota {
            warnings.append("Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.")
            limits.cpuPeriod = nil
            limits.cpuQuota = nil
        }
        if let period = limits.cpuPeriod, !(1000...1_000_000).contains(period) {
            throw LimitError("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)")
        }
        if let quota = limits.cpuQuota, quota > 0, quota < 1000 {
            throw LimitError("CPU cfs quota can not be less than 1ms (i.e. 1000)")
        }
    }

    mutating func cpuset() throws(LimitError) {
        if limits.cpusetCPUs != nil || limits.cpusetMemoryNodes != nil, !features.cpuset {
            warnings.append("Your kernel does not support cpuset or the cgroup is not mounted. Cpuset discarded.")
            limits.cpusetCPUs = nil
            limits.cpusetMemoryNodes = nil
        }
        try Self.contained(limits.cpusetCPUs, in: features.availableCPUs, "cpus", "CPUs")
        try Self.contained(limits.cpusetMemoryNodes, in: features.availableMemoryNodes, "mems", "memory nodes")
    }

    private static func contained(_ text: String?, in available: String, _ short: String, _ long: String)
        throws(LimitError)
    {
        guard let text else { return }
        let asked: Set<Int>
        do {
            asked = try CPUList(text).numbers
        } catch {
            throw LimitError("Invalid value \(text) for cpuset \(short): \(error)")
        }
        let offered: Set<Int>
        do {
            offered = try CPUList(available).numbers
        } catch {
            throw LimitError("the kernel's own list of cpuset \(short), \"\(available)\", cannot be read: \(error)")
        }
        guard asked.isSubset(of: offered) else {
            throw LimitError("Requested \(long) are not available - requested \(text), available: \(available)")
        }
    }

    mutating func blockIO() throws(LimitError) {
        if limits.blockIOWeight ?? 0 > 0, !features.blockIOWeight {
            warn("Block I/O weight", "Weight discarded.")
            limits.blockIOWeight = nil
        }
        if let weight = limits.blockIOWeight, weight > 0, !(10...1000).contains(weight) {
            throw LimitError("Range of blkio weight is from 10 to 1000")
        }
        if !limits.blockIOThrottles.isEmpty, !features.blockIOThrottle {
            warn("Block I/O throttling", "Limits on rates discarded.")
            limits.blockIOThrottles = []
        }
    }

    private mutating func warn(_ feature: String, _ consequence: String) {
        warnings.append("Your kernel does not support \(feature) or the cgroup is not mounted. \(consequence)")
    }
}
