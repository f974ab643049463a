import RegistryClient

extension Engine {
    /// What `docker info` shows.
    public func information() async throws(EngineError) -> EngineInformation {
        throw EngineError(.notImplemented, "information is not implemented")
    }

    /// What `docker version` shows.
    public func version() -> EngineVersion {
        EngineVersion(
            version: configuration.version, commit: configuration.commit, operatingSystem: "linux",
            architecture: "amd64", kernelVersion: "", buildTime: configuration.buildTime)
    }

    /// What is used on the disk.
    ///
    /// - Parameter objects: which parts; nil is all.
    public func diskUsage(_ objects: Set<DiskUsageObject>? = nil) async throws(EngineError) -> DiskUsage {
        throw EngineError(.notImplemented, "diskUsage is not implemented")
    }

    /// The events since, until, or from now on; it ends at `until`.
    ///
    /// - Parameters:
    ///   - since: nanoseconds since 1970; nil for no past.
    ///   - until: nanoseconds since 1970; nil goes on for ever.
    public func events(
        since: Int64? = nil, until: Int64? = nil, filters: FilterArguments = .init()
    ) async throws(EngineError) -> AsyncStream<Event> {
        throw EngineError(.notImplemented, "events is not implemented")
    }

    /// Tries credentials of a registry (`POST /auth`).
    ///
    /// - Returns: a token to be kept instead of the password; empty where the registry gives none.
    public func logIn(to server: String, credentials: RegistryCredentials) async throws(EngineError) -> String {
        throw EngineError(.notImplemented, "logIn is not implemented")
    }
}
