import Logging

extension Engine {
    /// Opens an engine on its root: makes what is missing, takes up the containers that ran on, settles those that
    /// ended meanwhile, and starts those whose policy wants it.
    public static func open(
        _ configuration: EngineConfiguration, logger: Logger = Logger(label: "engine")
    ) async throws(EngineError) -> Engine {
        throw EngineError(.notImplemented, "open is not implemented")
    }

    /// Ends the engine; containers run on and are found again by the next `open`.
    public func shutdown() async throws(EngineError) {
        throw EngineError(.notImplemented, "shutdown is not implemented")
    }

    /// Stops every container and takes everything off the host that is not under the root: bridge, rules, cgroups,
    /// mounts. The engine is shut down by it.
    public func cleanUp() async throws(EngineError) {
        throw EngineError(.notImplemented, "cleanUp is not implemented")
    }
}
