extension Engine {
    /// Makes a container, without starting it (`POST /containers/create`).
    ///
    /// - Throws: `notFound` (`No such image: nosuch:latest`), `conflict` (the name is in use), `invalidArgument`.
    public func create(_ request: ContainerCreation) async throws(EngineError) -> CreatedContainer {
        throw EngineError(.notImplemented, "create is not implemented")
    }

    /// Starts a container; its command runs when this returns.
    ///
    /// - Parameter detachKeys: the keys of clients attached before it started; nil is the daemon's default.
    /// - Returns: where the time went.
    /// - Throws: `notModified` where it runs already, `notFound`, `conflict`, `invalidArgument` (the command cannot be
    ///   executed), `system`.
    @discardableResult
    public func start(_ name: String, detachKeys: String? = nil) async throws(EngineError) -> [Phase] {
        throw EngineError(.notImplemented, "start is not implemented")
    }

    /// Asks a container to end, and kills it when time is up.
    ///
    /// - Parameters:
    ///   - signal: `SIGTERM`, `TERM`, `15`; nil is the container's.
    ///   - timeout: seconds; -1 waits for ever; nil is the container's, then 10.
    /// - Throws: `notModified` where it does not run, `notFound`, `invalidArgument`.
    public func stop(_ name: String, signal: String? = nil, timeout: Int? = nil) async throws(EngineError) {
        throw EngineError(.notImplemented, "stop is not implemented")
    }

    /// Stops a container, if it runs, and starts it.
    public func restart(_ name: String, signal: String? = nil, timeout: Int? = nil) async throws(EngineError) {
        throw EngineError(.notImplemented, "restart is not implemented")
    }

    /// Sends a signal; nil or empty is SIGKILL.
    ///
    /// - Throws: `conflict` where it does not run.
    public func kill(_ name: String, signal: String? = nil) async throws(EngineError) {
        throw EngineError(.notImplemented, "kill is not implemented")
    }

    /// Removes a container.
    ///
    /// - Parameters:
    ///   - force: kill it if it runs.
    ///   - volumes: remove its anonymous volumes, too.
    ///   - link: remove a link instead, which this engine has none of.
    /// - Throws: `conflict` where it runs or is being removed.
    public func remove(
        _ name: String, force: Bool = false, volumes: Bool = false, link: Bool = false
    ) async throws(EngineError) {
        throw EngineError(.notImplemented, "remove is not implemented")
    }

    /// Gives a container another name.
    public func rename(_ name: String, to newName: String) async throws(EngineError) {
        throw EngineError(.notImplemented, "rename is not implemented")
    }

    /// Freezes a container.
    public func pause(_ name: String) async throws(EngineError) {
        throw EngineError(.notImplemented, "pause is not implemented")
    }

    /// Lets a frozen container run on.
    public func unpause(_ name: String) async throws(EngineError) {
        throw EngineError(.notImplemented, "unpause is not implemented")
    }

    /// Changes limits and restart policy.
    ///
    /// - Returns: warnings.
    public func update(_ name: String, _ update: ContainerUpdate) async throws(EngineError) -> [String] {
        throw EngineError(.notImplemented, "update is not implemented")
    }

    /// Waits for a container's end. Registered as soon as the call returns; the answer is `result`.
    public func wait(_ name: String, until condition: WaitCondition) async throws(EngineError) -> PendingWait {
        throw EngineError(.notImplemented, "wait is not implemented")
    }

    /// Removes stopped containers; filters `until`, `label`, `label!`.
    public func pruneContainers(_ filters: FilterArguments) async throws(EngineError) -> PruneReport {
        throw EngineError(.notImplemented, "pruneContainers is not implemented")
    }
}
