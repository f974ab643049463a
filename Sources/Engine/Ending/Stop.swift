import Glibc
import OCI

extension Engine {
    /// Asks a container to end, and kills it when time is up.
    ///
    /// - Parameters:
    ///   - signal: `SIGTERM`, `TERM`, `15`; nil is the container's.
    ///   - timeout: seconds; -1 waits for ever; nil is the container's, then 10.
    /// - Throws: `notModified` where it does not run, `notFound`, `invalidArgument`.
    public func stop(_ name: String, signal: String? = nil, timeout: Int? = nil) async throws(EngineError) {
        let container = try container(name)
        let number = try signal.flatMap { $0.isEmpty ? nil : $0 }.map { text throws(EngineError) in
            try Signals.number(text)
        }
        guard container.state.isRunning else {
            throw EngineError(.notModified, "container \(container.id) is already stopped")
        }
        try await container.gate.pass { () async throws(EngineError) in
            try await stop(container, signal: number, timeout: timeout)
        }
    }

    /// Stops a container whose gate the caller has passed; one that does not run is left alone.
    func stop(_ container: Container, signal: Int32?, timeout: Int?) async throws(EngineError) {
        container.change { $0.record.wasStoppedByHand = true }
        if endRestarting(container) { return }
        let configuration = container.definition.configuration
        let (process, ended) = container.read { ($0.process, $0.ended) }
        guard let process, let ended else { return }
        let own = try configuration.stopSignal.map { text throws(EngineError) in try Signals.number(text) }
        let seconds = timeout ?? configuration.stopTimeout ?? 10
        try await send(signal ?? own ?? SIGTERM, to: container, process)
        if seconds < 0 {
            _ = await ended.value()
        } else if await ended.value(within: .seconds(seconds)) == nil {
            try await killAndWait(container, process, ended)
        }
        publish("stop", of: container)
        save(container)
    }

    /// Kills, and waits until the state says so.
    func killAndWait(
        _ container: Container, _ process: RunningProcess, _ ended: Promise<WaitResult>
    ) async throws(EngineError) {
        try await send(SIGKILL, to: container, process)
        guard await ended.value(within: .seconds(10)) != nil else {
            throw EngineError(
                .system,
                "cannot stop container: \(container.id): tried to kill container, but did not receive an exit event")
        }
    }

    /// Takes a container out of the pause before its next start; true where it was in one.
    func endRestarting(_ container: Container) -> Bool {
        let (waiters, wasRestarting): ([Promise<WaitResult>], Bool) = container.change { life in
            guard life.record.state.isRestarting, life.process == nil else { return ([], false) }
            life.restartDelay?.cancel()
            life.restartDelay = nil
            life.record.state.status = .exited
            defer { life.exitWaiters = [] }
            return (life.exitWaiters, true)
        }
        guard wasRestarting else { return false }
        let code = container.state.exitCode
        for waiter in waiters { waiter.fulfil(WaitResult(exitCode: code)) }
        publish("stop", of: container)
        save(container)
        return true
    }

    /// Sends a signal; a frozen container is let run on, so that it can answer.
    func send(_ number: Int32, to container: Container, _ process: RunningProcess) async throws(EngineError) {
        do { try process.signal(number) } catch {
            // A process that has just ended needs no signal.
            guard error.errno == ESRCH else {
                throw EngineError(.system, "cannot kill container: \(container.id): \(error)")
            }
        }
        publish("kill", of: container, [Event.Attribute("signal", String(number))])
        if container.state.isPaused, [SIGKILL, SIGTERM, Self.stopSignal(of: container)].contains(number) {
            try await thaw(container)
        }
    }

    private static func stopSignal(of container: Container) -> Int32 {
        let text = container.definition.configuration.stopSignal ?? "TERM"
        // Checked when the container was created.
        return (try? Signals.number(text)) ?? SIGTERM
    }

    /// Sends a signal; nil or empty is SIGKILL.
    ///
    /// - Throws: `conflict` where it does not run.
    public func kill(_ name: String, signal: String? = nil) async throws(EngineError) {
        let container = try container(name)
        let text = signal.flatMap { $0.isEmpty ? nil : $0 } ?? "KILL"
        let number: Int32
        do { number = try Signals.number(text) } catch {
            throw EngineError(.invalidArgument, "cannot kill container: \(name): \(error.message)")
        }
        let (process, ended) = container.read { ($0.process, $0.ended) }
        guard let process else {
            if number == SIGKILL, container.state.isRestarting {
                container.change { $0.record.wasStoppedByHand = true }
                if endRestarting(container) { return }
            }
            throw EngineError(
                .conflict, "cannot kill container: \(name): container \(container.id) is not running")
        }
        container.change { $0.record.wasStoppedByHand = true }
        try await send(number, to: container, process)
        if number == SIGKILL { _ = await ended?.value(within: .seconds(10)) }
    }

    /// Stops a container, if it runs, and starts it.
    public func restart(_ name: String, signal: String? = nil, timeout: Int? = nil) async throws(EngineError) {
        let container = try container(name)
        let number = try signal.flatMap { $0.isEmpty ? nil : $0 }.map { text throws(EngineError) in
            try Signals.number(text)
        }
        try await container.gate.pass { () async throws(EngineError) in
            container.change { $0.keepsAfterExit = true }
            defer { container.change { $0.keepsAfterExit = false } }
            try await stop(container, signal: number, timeout: timeout)
            _ = try await start(container, isRestart: false)
        }
        publish("restart", of: container)
    }
}
