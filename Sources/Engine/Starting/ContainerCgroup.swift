import LinuxKernel

extension Engine {
    /// The group of a container, with an init that waits in it where one is to be had.
    func makeCgroup(
        _ container: Container, _ host: HostConfiguration
    ) async throws(EngineError) -> (Cgroup, ParkedProcess?) {
        var rules: [DeviceRule] = host.privileged ? .unrestricted : .containerDefault
        if !host.privileged {
            for mapping in host.resources.devices ?? [] { rules += try HostDevices.rules(mapping) }
            for text in host.resources.deviceCgroupRules ?? [] { rules.append(try DeviceRule(text: text)) }
        }
        let limits = Limits.limits(host.resources)
        let cgroups = self.host.cgroups
        guard host.namespaces.isSuperset(of: PreparedInits.namespaces), let prepared = preparedInits.take() else {
            do { return (try cgroups.create(name: container.id, limits: limits, devices: rules), nil) } catch {
                throw EngineError(system: error)
            }
        }
        do {
            let cgroup = try cgroups.finish(prepared.cgroup, name: container.id, limits: limits, devices: rules)
            return (cgroup, prepared.process)
        } catch {
            await preparedInits.discard(prepared, renamed: cgroups.existing(name: container.id))
            throw EngineError(system: error)
        }
    }
}
