import LinuxKernel

extension Engine {
    /// Changes limits and restart policy.
    ///
    /// - Returns: warnings.
    public func update(_ name: String, _ update: ContainerUpdate) async throws(EngineError) -> [String] {
        let container = try container(name)
        if let policy = update.restartPolicy { try ConfigurationCheck.check(policy) }
        let warnings: [String] = try await container.gate.pass { () async throws(EngineError) in
            let (old, isBeingRemoved) = container.read { ($0.record.hostConfiguration, $0.isBeingRemoved) }
            guard !isBeingRemoved else {
                throw EngineError(
                    .conflict,
                    "Cannot update container \(container.id): container is marked for removal and cannot be \"update\"."
                )
            }
            if let policy = update.restartPolicy, old.autoRemove, !["", "no"].contains(policy.name) {
                throw EngineError(
                    .invalidArgument, "Restart policy cannot be updated because AutoRemove is enabled for the container"
                )
            }
            let (limits, warnings) = try merged(update.resources, over: old.resources)
            if let cgroup = container.read({ $0.cgroup }), update.resources != Resources() {
                preparedExecs.drop(container)
                do { try cgroup.update(Limits.limits(limits)) } catch {
                    throw EngineError(.system, "Cannot update container \(container.id): \(error)")
                }
            }
            container.change { life in
                life.record.hostConfiguration.resources = limits
                if let policy = update.restartPolicy { life.record.hostConfiguration.restartPolicy = policy }
            }
            try container.save()
            return warnings
        }
        publish("update", of: container)
        return warnings
    }

    /// The limits of the container with those that are to change.
    private func merged(
        _ changes: Resources, over old: Resources
    ) throws(EngineError) -> (resources: Resources, warnings: [String]) {
        let (checked, warnings) = try Limits.checked(changes, environment: creationEnvironment, isUpdate: true)
        let limits: ResourceLimits
        do { limits = try Limits.limits(checked).merged(over: Limits.limits(old)) } catch {
            throw EngineError(.invalidArgument, "\(error)")
        }
        var result = old
        result.take(limits)
        if changes.blkioWeight != 0 { result.blkioWeight = changes.blkioWeight }
        return (result, warnings)
    }
}

extension Resources {
    /// Takes over what the kernel half has checked or merged.
    mutating func take(_ limits: ResourceLimits) {
        memory = limits.memory ?? 0
        memoryReservation = limits.memoryReservation ?? 0
        memorySwap = limits.memorySwap ?? 0
        memorySwappiness = limits.swappiness
        nanoCPUs = limits.nanoCPUs ?? 0
        cpuPeriod = limits.cpuPeriod ?? 0
        cpuQuota = limits.cpuQuota ?? 0
        cpuShares = limits.cpuShares ?? 0
        cpusetCPUs = limits.cpusetCPUs ?? ""
        cpusetMems = limits.cpusetMemoryNodes ?? ""
        pidsLimit = limits.pids
        oomKillDisable = limits.oomKillDisable
    }
}
