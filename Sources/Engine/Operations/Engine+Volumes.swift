extension Engine {
    /// Makes a volume; one that is there already is given back.
    public func createVolume(_ request: VolumeCreation) async throws(EngineError) -> Volume {
        throw EngineError(.notImplemented, "createVolume is not implemented")
    }

    /// The volumes, by name; filters `dangling`, `driver`, `label`, `name`.
    public func volumes(_ filters: FilterArguments = .init()) async throws(EngineError) -> [Volume] {
        throw EngineError(.notImplemented, "volumes is not implemented")
    }

    /// One volume.
    public func volume(_ name: String) async throws(EngineError) -> Volume {
        throw EngineError(.notImplemented, "volume is not implemented")
    }

    /// Removes a volume.
    ///
    /// - Parameter force: it is no error where there is none.
    public func removeVolume(_ name: String, force: Bool = false) async throws(EngineError) {
        throw EngineError(.notImplemented, "removeVolume is not implemented")
    }

    /// Removes volumes that no container has: anonymous ones, or all with filter `all`; further `label`, `label!`.
    public func pruneVolumes(_ filters: FilterArguments) async throws(EngineError) -> PruneReport {
        throw EngineError(.notImplemented, "pruneVolumes is not implemented")
    }
}
