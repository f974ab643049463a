import LinuxKernel

extension Engine {
    /// Prepares a process in a running container (`POST /containers/{id}/exec`).
    ///
    /// - Returns: the exec's ID.
    /// - Throws: `conflict` where the container does not run or is paused, `invalidArgument` without a command.
    public func createExec(_ name: String, _ configuration: ExecConfiguration) throws(EngineError) -> String {
        let container = try container(name)
        try checkExec(in: container, name: name)
        guard !configuration.command.isEmpty else { throw EngineError(.invalidArgument, "No exec command specified") }
        let keys: DetachKeys
        do {
            keys = try DetachKeys(
                configuration.detachKeys.flatMap { $0.isEmpty ? nil : $0 } ?? self.configuration.detachKeys)
        } catch {
            throw EngineError(
                .invalidArgument, "Invalid escape keys (\(configuration.detachKeys ?? "")) provided")
        }
        if let variable = configuration.environment.first(where: { $0.isEmpty || $0.hasPrefix("=") }) {
            throw EngineError(.invalidArgument, "invalid environment variable: \(variable)")
        }
        let exec = ExecProcess(
            id: Identifiers.make(), container: container, configuration: configuration, detachKeys: keys,
            confinement: try confinement(of: container, isPrivileged: configuration.privileged))
        // It is mostly started at once.
        preparedExecs.prepare(for: exec)
        execs.withLock { $0[exec.id] = exec }
        container.change { $0.execs[exec.id] = exec }
        publish("exec_create: \(exec.commandLine)", of: container, [Event.Attribute("execID", exec.id)])
        return exec.id
    }

    private func confinement(of container: Container, isPrivileged: Bool) throws(EngineError) -> ExecConfinement {
        var host = container.read { $0.record.hostConfiguration }
        if isPrivileged { host.privileged = true }
        let capabilities = try capabilities(host)
        return ExecConfinement(
            capabilities: capabilities, filter: try seccomp(host, capabilities),
            suitsMonitor: try SecurityOptions(host.securityOptions ?? []).seccomp == nil)
    }

    private func checkExec(in container: Container, name: String) throws(EngineError) {
        let state = container.state
        if state.isPaused {
            throw EngineError(.conflict, "Container \(name) is paused, unpause the container before exec")
        }
        if state.isRestarting {
            throw EngineError(.conflict, "Container \(name) is restarting, wait until the container is running")
        }
        guard state.status == .running else {
            throw EngineError(.conflict, "container \(container.id) is not running")
        }
    }

    func exec(_ id: String) throws(EngineError) -> ExecProcess {
        guard let exec = execs.withLock({ $0[id] }) else {
            throw EngineError(.notFound, "No such exec instance: \(id)")
        }
        return exec
    }

    /// Starts it for a client that reads what it writes.
    ///
    /// - Returns: its streams. A command that cannot be executed says so there, since the connection is the client's by
    ///   then.
    public func startExec(_ id: String, _ options: ExecStartOptions) throws(EngineError) -> AttachSession {
        let exec = try begin(id)
        let attached = exec.output.subscribe()
        return session(exec, OutputStream(subscription: attached, channels: channels(exec))) { [weak self] in
            // Up to where the monitor is waited for, on the thread of whoever asks: no turn of another one.
            Task.immediate {
                guard let process = await self?.launchAttached(exec, options) else { return }
                let code = await exec.follow(process)
                self?.ended(exec, code)
            }
        }
    }

    /// Starts it for nobody; a command that cannot be executed is an error.
    public func startDetachedExec(_ id: String, _ options: ExecStartOptions) async throws(EngineError) {
        let exec = try begin(id)
        let process = try await launch(exec, options)
        Task { [weak self] in
            let code = await exec.follow(process)
            self?.ended(exec, code)
            self?.preparedExecs.prepare(for: exec)
        }
        if exec.configuration.attachStdin { process.closeStandardInput() }
    }

    private func begin(_ id: String) throws(EngineError) -> ExecProcess {
        let exec = try exec(id)
        try checkExec(in: exec.container, name: exec.container.id)
        let isFirst = exec.change { life in
            defer { life.isStarted = true }
            return !life.isStarted
        }
        guard isFirst else { throw EngineError(.conflict, "exec instance \(id) has already run") }
        publish("exec_start: \(exec.commandLine)", of: exec.container, [Event.Attribute("execID", exec.id)])
        return exec
    }

    /// Launches for a client that reads what it writes, and why it cannot be launched, too; nil for the latter.
    private func launchAttached(_ exec: ExecProcess, _ options: ExecStartOptions) async -> RunningProcess? {
        do {
            return try await launch(exec, options)
        } catch {
            let wanted = channels(exec)
            exec.output.publish(
                OutputChunk(
                    channel: wanted.contains(.standardOutput) ? .standardOutput : .standardError,
                    bytes: Array("\(error.message)\r\n".utf8)))
            exec.output.processEnded()
            return nil
        }
    }

    private func channels(_ exec: ExecProcess) -> Set<OutputChunk.Channel> {
        var channels: Set<OutputChunk.Channel> = []
        if exec.configuration.attachStdout || exec.configuration.tty { channels.insert(.standardOutput) }
        if exec.configuration.attachStderr { channels.insert(.standardError) }
        return channels
    }

    /// - Parameter launch: called when the client has its connection, before there is any output: docker-py loses what comes
    ///   in one piece with the head.
    private func session(
        _ exec: ExecProcess, _ output: OutputStream, launch: @escaping @Sendable () -> Void
    ) -> AttachSession {
        let input =
            exec.configuration.attachStdin
            ? AttachSession.Input(process: { await exec.read { $0.begun }.value() ?? nil }, closesAtEnd: true) : nil
        return AttachSession(
            isTerminal: exec.configuration.tty, output: output, input: input,
            detachKeys: exec.configuration.tty ? exec.detachKeys : nil, onBegin: launch
        ) { [weak self] in
            self?.publish("exec_detach", of: exec.container, [Event.Attribute("execID", exec.id)])
        } whenLeft: { [weak self] in
            // Now, and not when the command ends: its client would wait for the end of its stream meanwhile. And not here,
            // where the client may be waiting for its turn.
            Task { self?.preparedExecs.prepare(for: exec) }
        }
    }

    private func launch(
        _ exec: ExecProcess, _ options: ExecStartOptions
    ) async throws(EngineError) -> RunningProcess {
        let container = exec.container
        let size = options.consoleSize ?? exec.configuration.consoleSize
        guard let inside = container.read({ $0.process }) else {
            throw EngineError(.conflict, "container \(container.id) is not running")
        }
        do {
            let spec = try execSpec(exec, inside: inside, size: size)
            let parked = await preparedExecs.take(for: exec)
            let process = try await launcher.exec(spec, inside: inside, parked: parked, output: exec.output)
            exec.change { life in
                life.process = process
                life.pid = process.pid
            }
            exec.read { $0.begun }.fulfil(process)
            preparedExecs.prepareSoon(for: exec)
            return process
        } catch {
            let failure: EngineError
            var code: Int32 = 126
            if let error = error as? LaunchError {
                failure = LaunchSentence.execFailure(error)
                code = error.exitCode
            } else {
                failure = error as? EngineError ?? EngineError(system: error)
            }
            exec.end(code)
            forget(exec)
            throw failure
        }
    }

    private func execSpec(
        _ exec: ExecProcess, inside: RunningProcess, size: ConsoleSize?
    ) throws(EngineError) -> ProcessSpec {
        let container = exec.container
        let configuration = container.definition.configuration
        let host = container.read { $0.record.hostConfiguration }
        let wanted = exec.configuration
        let account = try account(of: exec, inside: inside, host)
        var own = ProcessEnvironment.variables(configuration, hostname: configuration.hostname, home: account.home)
        if wanted.tty, !own.contains(where: { $0.hasPrefix("TERM=") }) { own.append("TERM=xterm") }
        let environment = ProcessEnvironment.merged(wanted.environment, over: own)
        var spec = ProcessSpec(
            arguments: wanted.command, environment: environment,
            searchPath: ProcessEnvironment.searchPath(environment))
        let folder = wanted.workingDirectory.isEmpty ? configuration.workingDirectory : wanted.workingDirectory
        guard folder.isEmpty || folder.hasPrefix("/") else {
            throw EngineError(
                .invalidArgument,
                "OCI runtime exec failed: exec failed: unable to start container process: Cwd must be an absolute path")
        }
        spec.workingDirectory = folder.isEmpty ? "/" : Paths.clean(folder)
        if wanted.tty { spec.terminal = TerminalSize(size) }
        spec.opensStandardInput = wanted.attachStdin
        spec.identity = account.identity
        spec.capabilities = exec.confinement.capabilities.sets(isRoot: account.identity.uid == 0)
        spec.noNewPrivileges = try SecurityOptions(host.securityOptions ?? []).noNewPrivileges
        spec.seccomp = exec.confinement.filter
        for limit in host.resources.ulimits ?? [] { spec.limits.append(try UlimitNumbers(limit).limit) }
        spec.outOfMemoryScore = Int32(host.oomScoreAdj)
        if let cgroup = container.read({ $0.cgroup }) { spec.cgroup = CgroupPlacement(cgroup) }
        return spec
    }

    /// Who an exec runs as, by the tables that the container has now.
    private func account(
        of exec: ExecProcess, inside: RunningProcess, _ host: HostConfiguration
    ) throws(EngineError) -> UserDatabase.Account {
        let user =
            exec.configuration.user.isEmpty
            ? exec.container.definition.configuration.user : exec.configuration.user
        do {
            let database = try exec.container.users.current(process: inside.pid)
            return try database.account(user, added: host.groupAdd ?? [])
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(system: error)
        }
    }

    private func ended(_ exec: ExecProcess, _ code: Int32) {
        publish(
            "exec_die", of: exec.container,
            [Event.Attribute("execID", exec.id), Event.Attribute("exitCode", String(code))])
        forget(exec)
    }

    /// An exec that ended can be asked for a while: as many as there is room for, the oldest go first.
    private func forget(_ exec: ExecProcess) {
        exec.container.change { life in
            life.finishedExecs.append(exec.id)
        }
        let surplus: [String] = exec.container.change { life in
            let count = max(0, life.finishedExecs.count - 64)
            let surplus = Array(life.finishedExecs.prefix(count))
            life.finishedExecs.removeFirst(count)
            for id in surplus { life.execs[id] = nil }
            return surplus
        }
        execs.withLock { execs in for id in surplus { execs[id] = nil } }
    }

    func forgetExecs(of container: Container) {
        let ids = container.change { life in
            defer { life.execs = [:] }
            return Array(life.execs.keys)
        }
        execs.withLock { execs in for id in ids { execs[id] = nil } }
    }

    /// What is known of it.
    public func inspectExec(_ id: String) throws(EngineError) -> ExecDetails {
        let exec = try exec(id)
        return exec.read { life in
            let exitCode = life.exitCode ?? life.process?.exitNow?.code
            let isRunning = life.process != nil && exitCode == nil
            return ExecDetails(
                id: exec.id, containerID: exec.container.id, configuration: exec.configuration, isRunning: isRunning,
                exitCode: exitCode, pid: isRunning ? life.pid : 0,
                detachKeys: exec.configuration.detachKeys == nil ? [] : exec.detachKeys.bytes,
                canRemove: exitCode != nil)
        }
    }

    /// Sets the size of its terminal; one that is just being started is waited for.
    public func resizeExec(_ id: String, _ size: ConsoleSize) async throws(EngineError) {
        let exec = try exec(id)
        let (process, isStarted, begun) = exec.read { ($0.process, $0.isStarted, $0.begun) }
        if let process { return process.resize(TerminalSize(size)) }
        guard isStarted, let process = await begun.value(within: .seconds(10)) ?? nil else {
            throw EngineError(.conflict, "Exec \(id) is not running")
        }
        process.resize(TerminalSize(size))
    }
}
