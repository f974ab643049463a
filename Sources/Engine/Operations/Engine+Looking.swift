import OCI

extension Engine {
    /// The containers, latest first.
    public func list(_ options: ContainerListOptions = .init()) async throws(EngineError) -> [ContainerListing] {
        throw EngineError(.notImplemented, "list is not implemented")
    }

    /// Everything of one container.
    public func inspect(_ name: String, size: Bool = false) async throws(EngineError) -> ContainerDetails {
        throw EngineError(.notImplemented, "inspect is not implemented")
    }

    /// The processes of a container, as `ps` shows them.
    ///
    /// - Parameter arguments: of ps(1); nil is `-ef`.
    public func top(_ name: String, arguments: String? = nil) async throws(EngineError) -> ProcessTable {
        throw EngineError(.notImplemented, "top is not implemented")
    }

    /// One reading of the counters.
    ///
    /// - Parameter oneShot: do not read twice, so that there is no previous reading.
    public func statistics(_ name: String, oneShot: Bool = false) async throws(EngineError) -> ContainerStatistics {
        throw EngineError(.notImplemented, "statistics is not implemented")
    }

    /// A reading every second; one without `current` while the container does not run; ends when it is removed.
    public func statisticsStream(_ name: String) async throws(EngineError) -> AsyncStream<ContainerStatistics> {
        throw EngineError(.notImplemented, "statisticsStream is not implemented")
    }

    /// What the container changed in its file system.
    public func changes(_ name: String) async throws(EngineError) -> [FileSystemChange] {
        throw EngineError(.notImplemented, "changes is not implemented")
    }
}
