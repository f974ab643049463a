import LinuxKernel

extension Engine {
    /// Freezes a container.
    public func pause(_ name: String) async throws(EngineError) {
        let container = try container(name)
        try await container.gate.pass { () async throws(EngineError) in
            let (state, cgroup) = container.read { ($0.record.state, $0.cgroup) }
            if state.isPaused { throw EngineError(.conflict, "Container \(container.id) is already paused") }
            if state.isRestarting {
                throw EngineError(
                    .conflict, "Container \(container.id) is restarting, wait until the container is running")
            }
            guard state.status == .running, let cgroup else {
                throw EngineError(.conflict, "container \(container.id) is not running")
            }
            preparedExecs.drop(container)
            do { try await cgroup.freeze() } catch {
                throw EngineError(.system, "cannot pause container \(container.id): \(error)")
            }
            container.change { if $0.record.state.status == .running { $0.record.state.status = .paused } }
            save(container)
        }
        publish("pause", of: container)
    }

    /// Lets a frozen container run on.
    public func unpause(_ name: String) async throws(EngineError) {
        let container = try container(name)
        try await container.gate.pass { () async throws(EngineError) in
            guard container.state.isPaused else {
                throw EngineError(.conflict, "Container \(container.id) is not paused")
            }
            try await thaw(container)
            save(container)
        }
        publish("unpause", of: container)
    }

    func thaw(_ container: Container) async throws(EngineError) {
        do { try await container.read { $0.cgroup }?.thaw() } catch {
            throw EngineError(.system, "Cannot unpause container \(container.id): \(error)")
        }
        container.change { if $0.record.state.isPaused { $0.record.state.status = .running } }
    }
}
