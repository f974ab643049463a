extension Engine {
    /// Makes a volume; one that is there already is given back.
    public func createVolume(_ request: VolumeCreation) async throws(EngineError) -> Volume {
        let (volume, isNew) = try volumeStore.create(request)
        if isNew { publishVolume("create", volume) }
        return volume
    }

    /// The volumes, by name; filters `dangling`, `driver`, `label`, `name`.
    public func volumes(_ filters: FilterArguments = .init()) async throws(EngineError) -> [Volume] {
        try filters.check(["dangling", "driver", "label", "name"])
        let dangling = try filters.flag("dangling")
        let users = dangling == nil ? [:] : allVolumeUsers()
        return volumeStore.all.filter { volume in
            let names = filters["name"]
            let drivers = filters["driver"]
            return (names.isEmpty || names.contains { volume.name.contains($0) })
                && (drivers.isEmpty || drivers.contains(volume.driver))
                && filters.acceptsLabels(volume.labels ?? [:])
                && (dangling.map { $0 == (users[volume.name] == nil) } ?? true)
        }
    }

    /// One volume.
    public func volume(_ name: String) async throws(EngineError) -> Volume { try volumeStore.volume(name) }

    /// Removes a volume.
    ///
    /// - Parameter force: it is no error where there is none.
    /// - Throws: `conflict` where a container has it, by its ID.
    public func removeVolume(_ name: String, force: Bool = false) async throws(EngineError) {
        let volume: Volume
        do { volume = try volumeStore.volume(name) } catch {
            guard force else { throw error }
            return
        }
        let users = volumeUsers(name)
        guard users.isEmpty else {
            throw EngineError(
                .conflict, "remove \(name): volume is in use - [\(users.sorted().joined(separator: ", "))]")
        }
        try volumeStore.remove(volume)
        publishVolume("destroy", volume)
    }

    /// Removes volumes that no container has: anonymous ones, or all with filter `all`; further `label`, `label!`.
    public func pruneVolumes(_ filters: FilterArguments) async throws(EngineError) -> PruneReport {
        try filters.check(["all", "label", "label!"])
        let takesAll = try filters.flag("all") ?? false
        let users = allVolumeUsers()
        var report = PruneReport(deleted: [], reclaimed: 0)
        for volume in volumeStore.all
        where (takesAll || volume.isAnonymous) && users[volume.name] == nil
            && filters.acceptsLabels(volume.labels ?? [:])
        {
            let size = DirectorySize.bytes(of: volume.mountpoint)
            try volumeStore.remove(volume)
            publishVolume("destroy", volume)
            report.deleted.append(volume.name)
            report.reclaimed += size
        }
        eventBus.publish(
            .volume, "prune", actor: "", attributes: [Event.Attribute("reclaimed", String(report.reclaimed))])
        return report
    }

    /// The containers that have a volume.
    func volumeUsers(_ name: String) -> [String] {
        containers.all.filter { $0.definition.mountPoints.contains { $0.point.name == name } }.map(\.id)
    }

    /// How many containers have which volume.
    func allVolumeUsers() -> [String: Int] {
        var users: [String: Int] = [:]
        for container in containers.all {
            for mount in container.definition.mountPoints where !mount.point.name.isEmpty {
                users[mount.point.name, default: 0] += 1
            }
        }
        return users
    }

    func publishVolume(_ action: String, _ volume: Volume) {
        eventBus.publish(.volume, action, actor: volume.name, attributes: [Event.Attribute("driver", volume.driver)])
    }
}
