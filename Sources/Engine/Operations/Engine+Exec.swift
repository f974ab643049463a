extension Engine {
    /// Prepares a process in a running container (`POST /containers/{id}/exec`).
    ///
    /// - Returns: the exec's ID.
    public func createExec(_ name: String, _ configuration: ExecConfiguration) async throws(EngineError) -> String {
        throw EngineError(.notImplemented, "createExec is not implemented")
    }

    /// Starts it.
    ///
    /// - Returns: its streams; nil where it was started detached.
    public func startExec(_ id: String, _ options: ExecStartOptions) async throws(EngineError) -> AttachSession? {
        throw EngineError(.notImplemented, "startExec is not implemented")
    }

    /// What is known of it.
    public func inspectExec(_ id: String) async throws(EngineError) -> ExecDetails {
        throw EngineError(.notImplemented, "inspectExec is not implemented")
    }

    /// Sets the size of its terminal.
    public func resizeExec(_ id: String, _ size: ConsoleSize) async throws(EngineError) {
        throw EngineError(.notImplemented, "resizeExec is not implemented")
    }
}
