import LinuxKernel
import BridgeNetwork
import OCI

extension Engine {
    /// Brings the containers of the root back, whatever the last engine was doing when it went.
    func recover() async throws(EngineError) {
        try loadContainers()
        try removeStrayInitLayers()
        var found: [(Container, Reconnection)] = []
        for container in containers.all { found.append((container, try await reconnect(container))) }
        var leases: [Lease] = []
        for (container, reconnection) in found {
            if case .running = reconnection, let lease = container.read({ $0.record.lease?.lease }) {
                leases.append(lease)
            }
        }
        do { try await network.start(restoring: leases) } catch { throw EngineError(error) }
        await readNetworkIDs()
        for (container, reconnection) in found { settle(container, reconnection) }
        try recoverVolumes()
        for container in containers.all where container.read({ $0.process }) == nil { unmountFromHost(container) }
        try await removeStrayCgroups()
        await finishWhatWasBegun()
    }

    private func loadContainers() throws(EngineError) {
        let root = "\(configuration.root)/containers"
        let names: [String]
        do { names = try Folder.names(root) } catch { throw EngineError(system: error) }
        for name in names {
            do {
                let container = try Container.load("\(root)/\(name)")
                if container.state.status == .removing {
                    logger.info("ending the removal of container \(container.shortID)")
                    removeDirectory("\(root)/\(name)")
                    continue
                }
                try containers.with { table throws(EngineError) in try table.reserve(container.name, for: container.id)
                }
                containers.insert(container)
            } catch {
                // Its creation or removal was cut short: nobody was told of it, or it was to go.
                logger.warning("removing an unfinished container: \(error)")
                removeDirectory("\(root)/\(name)")
            }
        }
    }

    /// Layers of images that no container has any more, and unfinished ones.
    private func removeStrayInitLayers() throws(EngineError) {
        let used = Set(containers.all.compactMap(\.definition.lowerDirectories.first))
        do {
            try Folder.make(initLayerDirectory, mode: 0o710)
            for name in try Folder.names(initLayerDirectory) where !used.contains("\(initLayerDirectory)/\(name)") {
                removeDirectory("\(initLayerDirectory)/\(name)")
            }
        } catch {
            throw EngineError(system: error)
        }
    }

    private func reconnect(_ container: Container) async throws(EngineError) -> Reconnection {
        do {
            return try await RunningProcess.reconnect(
                stateDirectory: container.monitorDirectory, output: container.output)
        } catch {
            logger.error("cannot reach the monitor of container \(container.shortID): \(error)")
            return .lost
        }
    }

    private func settle(_ container: Container, _ reconnection: Reconnection) {
        let cgroup = host.cgroups.existing(name: container.id)
        switch reconnection {
        case .running(let process):
            var isFrozen = false
            do { isFrozen = try cgroup.isFrozen() } catch {
                logger.warning("cannot tell whether container \(container.shortID) is paused: \(error)")
            }
            container.change { life in
                life.process = process
                life.cgroup = cgroup
                life.ended = Promise()
                life.record.state.status = isFrozen ? .paused : .running
                life.record.state.pid = process.pid
                // Killed between the launch and its writing down.
                if life.record.state.startedAt == nil { life.record.state.startedAt = .now }
            }
            container.read { $0.begun }.fulfil(process)
            watch(container, process)
            startHealthChecks(container)
        case .exited(let status): settle(container, code: status.code, finished: status.finished)
        case .lost:
            guard container.state.isRunning else { return }
            settle(container, code: 255, finished: Timestamp.now.nanosecondsSince1970)
        }
        save(container)
    }

    /// Writes down an end that nobody saw; one that was written down already stays as it is.
    private func settle(_ container: Container, code: Int32, finished: Int64) {
        container.change { life in
            let known = life.record.state
            let isNews = known.isRunning || (known.finishedAt?.nanosecondsSince1970 ?? 0) < finished
            life.record.lease = nil
            life.record.state.pid = 0
            guard isNews else { return }
            life.record.state.status = .exited
            life.record.state.exitCode = code
            life.record.state.finishedAt = Timestamp(nanosecondsSince1970: finished)
            if life.record.state.startedAt == nil { life.record.state.startedAt = life.record.state.finishedAt }
        }
    }

    /// Groups that no running container has: what a killed engine left.
    private func removeStrayCgroups() async throws(EngineError) {
        let running = Set(containers.all.filter { $0.read { $0.process } != nil }.map(\.id))
        do {
            for name in try host.cgroups.names() where !running.contains(name) {
                let cgroup = host.cgroups.existing(name: name)
                if try !cgroup.processes().isEmpty { try await cgroup.killAll() }
                try await cgroup.remove()
            }
        } catch {
            logger.error("cannot remove a control group that is left over: \(error)")
        }
    }

    /// Removes containers of `--rm`, starts those whose policy wants it.
    private func finishWhatWasBegun() async {
        for container in containers.all.sorted(by: { $0.definition.created < $1.definition.created }) {
            let record = container.read { $0.record }
            guard !record.state.isRunning || record.state.isRestarting, record.state.startedAt != nil else { continue }
            do {
                if record.hostConfiguration.autoRemove {
                    try await remove(container, force: true, volumes: true)
                } else if record.hostConfiguration.restartPolicy.restarts(
                    exitCode: record.state.exitCode, count: record.restartCount,
                    wasStoppedByHand: record.wasStoppedByHand)
                {
                    try await container.gate.pass { () async throws(EngineError) in
                        _ = try await start(container, isRestart: true)
                    }
                }
            } catch {
                logger.error("cannot take up container \(container.shortID): \(error)")
            }
        }
    }

    private func readNetworkIDs() async {
        let ids = NetworkIDs(await network.describe())
        networkIDTable.withLock { $0 = ids }
    }

    var networkIDs: NetworkIDs { networkIDTable.withLock { $0 } }
}
