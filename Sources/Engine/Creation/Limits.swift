import LinuxKernel

/// docker's limits as the kernel half takes them.
enum Limits {
    /// The limits with docker's checks made: what the kernel does not have is dropped with a warning.
    static func checked(
        _ resources: Resources, environment: CreationEnvironment, isUpdate: Bool = false
    ) throws(EngineError) -> (resources: Resources, warnings: [String]) {
        let (limits, warnings): (ResourceLimits, [String])
        do {
            (limits, warnings) = try self.limits(resources).checked(
                features: environment.features, processors: environment.processors, updating: isUpdate)
        } catch { throw EngineError(.invalidArgument, "\(error)") }
        var result = resources
        result.take(limits)
        return (result, warnings)
    }

    /// The limits without a check; 0, "" and nil are none.
    static func limits(_ resources: Resources) -> ResourceLimits {
        var limits = ResourceLimits()
        if resources.memory != 0 { limits.memory = resources.memory }
        if resources.memoryReservation != 0 { limits.memoryReservation = resources.memoryReservation }
        if resources.memorySwap != 0 { limits.memorySwap = resources.memorySwap }
        if let swappiness = resources.memorySwappiness, swappiness != -1 { limits.swappiness = swappiness }
        if resources.nanoCPUs != 0 { limits.nanoCPUs = resources.nanoCPUs }
        if resources.cpuPeriod != 0 { limits.cpuPeriod = resources.cpuPeriod }
        if resources.cpuQuota != 0 { limits.cpuQuota = resources.cpuQuota }
        if resources.cpuShares != 0 { limits.cpuShares = resources.cpuShares }
        if !resources.cpusetCPUs.isEmpty { limits.cpusetCPUs = resources.cpusetCPUs }
        if !resources.cpusetMems.isEmpty { limits.cpusetMemoryNodes = resources.cpusetMems }
        if let pids = resources.pidsLimit, pids != 0 { limits.pids = pids }
        limits.oomKillDisable = resources.oomKillDisable
        return limits
    }
}
