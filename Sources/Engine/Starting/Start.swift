import CLinux
import LinuxKernel
import BridgeNetwork
import OCI

extension Engine {
    /// Starts a container; its command runs when this returns.
    ///
    /// - Parameter detachKeys: the keys of clients attached before it started; nil is the daemon's default.
    /// - Returns: where the time went.
    /// - Throws: `notModified` where it runs already, `notFound`, `conflict`, `invalidArgument` (the command cannot be
    ///   executed), `system`.
    @discardableResult
    public func start(_ name: String, detachKeys: String? = nil) async throws(EngineError) -> [Phase] {
        if let detachKeys { _ = try DetachKeys(detachKeys) }
        let container = try container(name)
        return try await container.gate.pass { () async throws(EngineError) in
            try await start(container, isRestart: false)
        }
    }

    /// Starts a container whose gate the caller has passed.
    func start(_ container: Container, isRestart: Bool) async throws(EngineError) -> [Phase] {
        try checkStart(of: container)
        endedCgroups.startBegins()
        await settle(container)
        container.change { life in
            life.restartDelay?.cancel()
            life.restartDelay = nil
            if !isRestart {
                life.record.restartCount = 0
                life.restartPause = .zero
                life.record.wasStoppedByHand = false
            }
        }
        let clock = PhaseClock()
        var run = PreparedRun()
        do {
            try await prepare(&run, container, clock)
            let process = try await launch(run, container, clock)
            began(container, process, run)
        } catch {
            await giveBack(run, of: container)
            failed(container, error, isRestart: isRestart)
            await removeAfterFailedStart(container)
            throw error.cause
        }
        return clock.phases
    }

    private func checkStart(of container: Container) throws(EngineError) {
        let (state, isBeingRemoved) = container.read { ($0.record.state, $0.isBeingRemoved) }
        if isBeingRemoved || state.isDead {
            throw EngineError(.conflict, "container is marked for removal and cannot be started")
        }
        if state.isPaused { throw EngineError(.conflict, "cannot start a paused container, try unpause instead") }
        if state.status == .running {
            throw EngineError(.notModified, "container \(container.id) is already running")
        }
    }

    /// A start that failed: what docker says, and the exit code it leaves.
    struct StartFailure: Error {
        let cause: EngineError
        var exitCode: Int32 = 128
    }

    /// What a run holds besides its process.
    struct PreparedRun: Sendable {
        var cgroup: Cgroup?
        /// An init that waits in that group.
        var parked: ParkedProcess?
        var lease: Lease?
        var namespace: FileDescriptor?
        var joins: [NamespaceJoin] = []
        var account: UserDatabase.Account?
        /// Variables that tell of linked containers.
        var linkEnvironment: [String] = []
    }

    // MARK: - Preparing

    private func prepare(
        _ run: inout PreparedRun, _ container: Container, _ clock: PhaseClock
    ) async throws(StartFailure) {
        do {
            let host = container.read { $0.record.hostConfiguration }
            run.account = try account(of: container, host)
            clock.mark("rootfs")
            (run.cgroup, run.parked) = try await makeCgroup(container, host)
            clock.mark("cgroup")
            try await attachNetwork(&run, container, host)
            try await joinOthers(&run, host)
            let linked = try linked(container)
            run.linkEnvironment = linked.environment
            try writeHostFiles(container, host, run, linked.hosts)
            clock.mark("network")
            if host.ipcMode == "shareable" { try SharedMemory.mount(in: container.directory, size: host.shmSize) }
            try mountVolumes(of: container, for: container.id)
        } catch {
            throw StartFailure(cause: error)
        }
    }

    /// Who the process runs as, by the image's own tables, or the container's where it has changed them.
    func account(of container: Container, _ host: HostConfiguration) throws(EngineError) -> UserDatabase.Account {
        let definition = container.definition
        do {
            let database: UserDatabase
            var status = clinux_stat()
            if clinux_fstatat(-100, "\(container.upperDirectory)/etc", 0, &status) == 0 {
                database = try UserDatabase(
                    in: MergedRoot(layers: [container.upperDirectory] + definition.lowerDirectories))
            } else {
                database = try userDatabases.database(definition.topLayer?.description ?? "") {
                    () throws(SystemError) in try UserDatabase(in: MergedRoot(layers: definition.lowerDirectories))
                }
            }
            return try database.account(definition.configuration.user, added: host.groupAdd ?? [])
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(system: error)
        }
    }

    private func attachNetwork(
        _ run: inout PreparedRun, _ container: Container, _ host: HostConfiguration
    ) async throws(EngineError) {
        let configuration = container.definition.configuration
        if configuration.networkDisabled || host.networkMode == "none" {
            do { run.namespace = try await network.attachIsolated() } catch { throw EngineError(error) }
        } else if host.networkMode == "bridge" {
            let endpoint = container.definition.endpoints["bridge"] ?? container.definition.endpoints["default"]
            let wanted = [configuration.macAddress ?? "", endpoint?.macAddress ?? ""].first { !$0.isEmpty }
            do {
                let lease = try await network.attach(
                    AttachRequest(
                        containerID: container.id, containerName: container.name,
                        ports: try PortRequests.requests(host, exposed: configuration.exposedPorts), macAddress: wanted)
                )
                run.lease = lease
                run.namespace = lease.namespace
            } catch let error as NetworkError {
                throw Self.networkFailure(error, container)
            } catch let error as EngineError {
                throw error
            } catch {
                throw EngineError(system: error)
            }
        }
        if let namespace = run.namespace { run.joins.append(NamespaceJoin(.network, of: namespace)) }
    }

    private static func networkFailure(_ error: NetworkError, _ container: Container) -> EngineError {
        guard error.code != .invalidArgument else { return EngineError(error) }
        return EngineError(
            .system,
            "failed to set up container networking: driver failed programming external connectivity on endpoint "
                + "\(container.name): \(error.message)")
    }

    private func joinOthers(_ run: inout PreparedRun, _ host: HostConfiguration) async throws(EngineError) {
        let kinds: [(String, Namespaces, String)] = [
            (host.networkMode, .network, "network"), (host.ipcMode, .ipc, "IPC"), (host.pidMode, .pid, "PID"),
        ]
        for (mode, kind, name) in kinds where mode.hasPrefix("container:") {
            let other = try container(String(mode.dropFirst("container:".count)))
            if kind == .ipc, other.read({ $0.record.hostConfiguration.ipcMode }) != "shareable" {
                throw EngineError(
                    .conflict,
                    "can't join IPC of container \(other.id): non-shareable IPC (hint: use IpcMode:shareable for the "
                        + "donor container)")
            }
            guard let process = other.read({ $0.process }) else {
                throw EngineError(
                    .conflict, "cannot join \(name) namespace of a non running container: \(other.id)")
            }
            if other.state.isRestarting {
                throw EngineError(.conflict, "container \(other.id) is restarting, wait until the container is running")
            }
            run.joins.append(NamespaceJoin(kind, of: process.pidfd))
        }
    }

    // MARK: - Launching

    private func launch(
        _ run: PreparedRun, _ container: Container, _ clock: PhaseClock
    ) async throws(StartFailure) -> RunningProcess {
        let host = container.read { $0.record.hostConfiguration }
        guard let cgroup = run.cgroup, let account = run.account else {
            throw StartFailure(cause: EngineError(.system, "container \(container.id) is not prepared"))
        }
        let spec: ContainerSpec
        do {
            let capabilities = try capabilities(host)
            spec = try SpecBuilder(
                container: container, host: host, hostFiles: hostFiles(of: container),
                sharedMemory: sharedMemory(of: container, host), linkEnvironment: run.linkEnvironment, account: account,
                cgroup: cgroup,
                cgroupLayout: self.host.cgroupLayout, capabilities: capabilities,
                seccomp: try seccomp(host, capabilities), initialSize: nil
            ).spec()
        } catch {
            throw StartFailure(cause: error)
        }
        clock.mark("spec")
        do {
            let process = try await launcher.launch(
                spec, stateDirectory: container.monitorDirectory, joining: run.joins, parked: run.parked,
                output: container.output)
            clock.add(process.phases.durations.map { Phase($0.name, nanoseconds: $0.nanoseconds) })
            return process
        } catch {
            throw LaunchSentence.failure(error)
        }
    }

    func capabilities(_ host: HostConfiguration) throws(EngineError) -> CapabilitySet {
        do {
            return try CapabilitySet.requested(
                add: host.capAdd ?? [], drop: host.capDrop ?? [], privileged: host.privileged, held: self.host.held)
        } catch {
            throw EngineError(.invalidArgument, "\(error)")
        }
    }

    /// The filter of a container: docker's, its own, or none.
    func seccomp(_ host: HostConfiguration, _ capabilities: CapabilitySet) throws(EngineError) -> [UInt8] {
        let options = try SecurityOptions(host.securityOptions ?? [])
        if options.seccomp == "unconfined" || (host.privileged && options.seccomp == nil) { return [] }
        do {
            let profile = try options.seccomp.map { try SeccompProfile(json: Array($0.utf8)) } ?? .containerDefault
            return try self.host.seccomp.program(profile, capabilities: capabilities)?.instructions ?? []
        } catch {
            throw EngineError(.invalidArgument, "Decoding seccomp profile failed: \(error)")
        }
    }

    // MARK: - Afterwards

    private func began(_ container: Container, _ process: RunningProcess, _ run: PreparedRun) {
        let begun = container.change { life in
            life.process = process
            life.cgroup = run.cgroup
            life.ended = Promise()
            life.record.lease = run.lease.map(StoredLease.init)
            life.record.state.status = .running
            life.record.state.pid = process.pid
            life.record.state.startedAt = .now
            life.record.state.error = ""
            life.record.state.exitCode = 0
            life.record.state.isOOMKilled = false
            life.record.state.health = HealthCheckPlan(container.definition.configuration)?.initial
            return life.begun
        }
        begun.fulfil(process)
        if run.lease != nil { publishNetwork("connect", container) }
        publishVolumeMounts(of: container)
        publish("start", of: container)
        watch(container, process)
        startHealthChecks(container)
        // Its own task: the answer need not wait for the disk, since a restarted engine asks the monitors anyway.
        Task { save(container) }
    }

    /// Gives back what a failed start took.
    private func giveBack(_ run: PreparedRun, of container: Container) async {
        unmountFromHost(container)
        if run.lease != nil { await network.release(containerID: container.id) }
        guard let cgroup = run.cgroup else { return }
        // It waits no longer, and leaves its group.
        _ = run.parked?.take()
        do { try await cgroup.remove() } catch {
            logger.error("cannot remove the cgroup of container \(container.shortID): \(error)")
        }
    }

    private func failed(_ container: Container, _ failure: StartFailure, isRestart: Bool) {
        container.change { life in
            life.record.state.exitCode = failure.exitCode
            life.record.state.error = failure.cause.message
            life.record.state.pid = 0
            if isRestart { life.record.state.status = .exited }
        }
        save(container)
    }
}
