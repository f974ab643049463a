extension Engine {
    /// A container's log.
    public func logs(_ name: String, _ query: LogQuery) async throws(EngineError) -> ContainerLog {
        throw EngineError(.notImplemented, "logs is not implemented")
    }

    /// Attaches to a container that runs, or is to be started.
    public func attach(_ name: String, _ options: AttachOptions) async throws(EngineError) -> AttachSession {
        throw EngineError(.notImplemented, "attach is not implemented")
    }

    /// Sets the size of a container's terminal.
    public func resize(_ name: String, _ size: ConsoleSize) async throws(EngineError) {
        throw EngineError(.notImplemented, "resize is not implemented")
    }
}
