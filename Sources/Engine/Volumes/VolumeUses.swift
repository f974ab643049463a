extension Engine {
    /// Mounts the volumes of a container; on failure none stays.
    ///
    /// - Parameter user: who uses them, for `unmountVolumes`.
    func mountVolumes(of container: Container, for user: String) throws(EngineError) {
        do throws(EngineError) {
            for volume in try volumes(of: container) { try volumeStore.mount(volume, for: user) }
        } catch {
            unmountVolumes(of: container, for: user)
            throw error
        }
    }

    /// Lets go of what `mountVolumes` mounted.
    func unmountVolumes(of container: Container, for user: String) {
        for mount in container.definition.mountPoints where mount.point.type == "volume" {
            do { try volumeStore.unmount(try volumeStore.volume(mount.point.name), for: user) } catch {
                // A volume that was removed is not mounted.
                guard error.code != .notFound else { continue }
                logger.error("\(error.message)")
            }
        }
    }

    /// Tells which volumes a run uses from now on.
    func publishVolumeMounts(of container: Container) {
        for mount in container.definition.mountPoints where mount.point.type == "volume" {
            let point = mount.point
            eventBus.publish(
                .volume, "mount", actor: point.name,
                attributes: [
                    Event.Attribute("container", container.id), Event.Attribute("destination", point.destination),
                    Event.Attribute("driver", point.driver), Event.Attribute("propagation", point.propagation),
                    Event.Attribute("read/write", String(point.isWritable)),
                ])
        }
    }

    /// Tells that a run's volumes are used no more.
    func publishVolumeUnmounts(of container: Container) {
        for mount in container.definition.mountPoints where mount.point.type == "volume" {
            eventBus.publish(
                .volume, "unmount", actor: mount.point.name,
                attributes: [Event.Attribute("container", container.id), Event.Attribute("driver", mount.point.driver)])
        }
    }

    /// What running containers hold, after an engine's restart.
    func recoverVolumes() throws(EngineError) {
        var users: [String: Set<String>] = [:]
        for container in containers.all where container.read({ $0.process }) != nil {
            for mount in container.definition.mountPoints where mount.point.type == "volume" {
                users[mount.point.name, default: []].insert(container.id)
            }
        }
        try volumeStore.recover(users: users)
    }

    private func volumes(of container: Container) throws(EngineError) -> [Volume] {
        try container.definition.mountPoints.filter { $0.point.type == "volume" }.map { mount throws(EngineError) in
            try volumeStore.volume(mount.point.name)
        }
    }
}
