extension Engine {
    /// Attaches to a container that runs, or is to be started.
    ///
    /// - Throws: `conflict` where it is paused or restarting, `invalidArgument` for keys that do not exist.
    public func attach(_ name: String, _ options: AttachOptions) async throws(EngineError) -> AttachSession {
        let container = try container(name)
        let keys = try DetachKeys(options.detachKeys.flatMap { $0.isEmpty ? nil : $0 } ?? configuration.detachKeys)
        let state = container.state
        if state.isPaused {
            throw EngineError(.conflict, "container \(name) is paused, unpause the container before attach")
        }
        if state.isRestarting {
            throw EngineError(
                .conflict, "container \(name) is restarting, wait until the container is running")
        }
        let configuration = container.definition.configuration
        var channels: Set<OutputChunk.Channel> = []
        if options.stdout { channels.insert(.standardOutput) }
        if options.stderr { channels.insert(.standardError) }
        // The log first: what it holds must not come again.
        let log = options.logs ? try await pastLog(of: container) : nil
        let subscription = options.stream ? container.output.subscribe() : nil
        var input: AttachSession.Input?
        if options.stdin, options.stream, configuration.openStdin {
            input = AttachSession.Input(
                process: { await Self.process(of: container) }, closesAtEnd: configuration.stdinOnce)
        }
        publish("attach", of: container)
        return AttachSession(
            isTerminal: configuration.tty,
            output: OutputStream(before: log, subscription: subscription, channels: channels), input: input,
            detachKeys: configuration.tty ? keys : nil
        ) { [weak self] in self?.publish("detach", of: container) }
    }

    private func pastLog(of container: Container) async throws(EngineError) -> ContainerLog? {
        let isKept = try LogSettings(container.read { $0.record.hostConfiguration.logConfiguration }).isKept
        guard isKept else { return nil }
        return ContainerLog(
            isTerminal: container.definition.configuration.tty,
            reader: LogReader(path: container.logPath, query: LogQuery()))
    }

    /// The process now, or when it is started.
    private static func process(of container: Container) async -> RunningProcess? {
        let (process, begun) = container.read { ($0.process, $0.begun) }
        if let process { return process }
        return await begun.value() ?? nil
    }

    /// Sets the size of a container's terminal.
    public func resize(_ name: String, _ size: ConsoleSize) async throws(EngineError) {
        let container = try container(name)
        guard let process = container.read({ $0.process }) else {
            throw EngineError(.conflict, "container \(container.id) is not running")
        }
        process.resize(TerminalSize(size))
        publish(
            "resize", of: container,
            [Event.Attribute("height", String(size.height)), Event.Attribute("width", String(size.width))])
    }

    /// A container's log.
    ///
    /// - Throws: `notFound`; `notImplemented` where the log is not kept.
    public func logs(_ name: String, _ query: LogQuery) async throws(EngineError) -> ContainerLog {
        let container = try container(name)
        let host = container.read { $0.record.hostConfiguration }
        guard try LogSettings(host.logConfiguration).isKept else {
            throw EngineError(.notImplemented, "configured logging driver does not support reading")
        }
        let isTerminal = container.definition.configuration.tty
        guard query.follows, container.state.isRunning else {
            var query = query
            query.follows = false
            return ContainerLog(isTerminal: isTerminal, reader: LogReader(path: container.logPath, query: query))
        }
        return ContainerLog(
            isTerminal: isTerminal,
            reader: LogReader(path: container.logPath, query: query, changes: changes(of: container)) {
                !container.state.isRunning
            })
    }
}
