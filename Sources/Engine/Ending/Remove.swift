import Glibc
import ImageStore
import LinuxKernel

extension Engine {
    /// Removes a container.
    ///
    /// - Parameters:
    ///   - force: kill it if it runs.
    ///   - volumes: remove its anonymous volumes, too.
    ///   - link: remove a link instead, whose name is `client/alias`.
    /// - Throws: `conflict` where it runs or is being removed.
    public func remove(
        _ name: String, force: Bool = false, volumes: Bool = false, link: Bool = false
    ) async throws(EngineError) {
        if link { return try await removeLink(name) }
        let container = try container(name)
        try await remove(container, force: force, volumes: volumes)
    }

    func remove(_ container: Container, force: Bool, volumes: Bool) async throws(EngineError) {
        let isFirst = container.change { life in
            defer { life.isBeingRemoved = true }
            return !life.isBeingRemoved
        }
        guard isFirst else {
            throw EngineError(.conflict, "removal of container \(container.id) is already in progress")
        }
        do {
            // Before the gate: a stop that waits for the process would hold it.
            if force { try await killWhatRuns(container) }
            try await container.gate.pass { () async throws(EngineError) in
                if force { try await killWhatRuns(container) }
                try checkRemoval(of: container)
                try await takeAway(container, volumes: volumes)
            }
        } catch {
            container.change { $0.isBeingRemoved = false }
            throw error
        }
    }

    private func checkRemoval(of container: Container) throws(EngineError) {
        let state = container.state
        guard state.isRunning else { return }
        let reason =
            state.isPaused
            ? "container is paused and must be unpaused first"
            : "container is \(state.status.rawValue): stop the container before removing or force remove"
        throw EngineError(.conflict, "cannot remove container \"\(container.name)\": \(reason)")
    }

    /// Kills the process, or ends the pause before its next start; for good, so that no policy starts it again.
    func killWhatRuns(_ container: Container) async throws(EngineError) {
        container.change { $0.record.wasStoppedByHand = true }
        if endRestarting(container) { return }
        let (process, ended) = container.read { ($0.process, $0.ended) }
        guard let process, let ended else { return }
        try await killAndWait(container, process, ended)
    }

    private func takeAway(_ container: Container, volumes: Bool) async throws(EngineError) {
        await container.read { $0.released }?.value()
        container.change { $0.record.state.status = .removing }
        do { try removedFolders.take(container.directory, name: container.id) } catch {
            container.change { $0.record.state.status = .dead }
            throw EngineError(.system, "unable to remove filesystem for \(container.id): \(error)")
        }
        containers.remove(container)
        forgetExecs(of: container)
        let waiters = container.change { life in
            defer { (life.exitWaiters, life.removalWaiters) = ([], []) }
            return life.exitWaiters + life.removalWaiters
        }
        let code = container.state.exitCode
        publish("destroy", of: container)
        for waiter in waiters { waiter.fulfil(WaitResult(exitCode: code)) }
        container.read { $0.begun }.fulfil(nil)
        container.output.processEnded()
        if volumes { removeAnonymousVolumes(of: container) }
    }

    /// A container of `--rm` goes where its start fails, too; the caller has passed its gate.
    func removeAfterFailedStart(_ container: Container) async {
        let isMine = container.change { life in
            guard life.record.hostConfiguration.autoRemove, !life.isBeingRemoved else { return false }
            life.isBeingRemoved = true
            return true
        }
        guard isMine else { return }
        do { try await takeAway(container, volumes: true) } catch {
            container.change { $0.isBeingRemoved = false }
            logger.error("cannot remove container \(container.shortID) after its failed start: \(error)")
        }
    }

    private func removeAnonymousVolumes(of container: Container) {
        for mount in container.definition.mountPoints where mount.isAnonymous {
            do {
                let volume = try volumeStore.volume(mount.point.name)
                guard volumeUsers(volume.name).isEmpty else { continue }
                try volumeStore.remove(volume)
                publishVolume("destroy", volume)
            } catch {
                guard error.code != .notFound else { continue }
                logger.error("cannot remove the volume \(mount.point.name): \(error)")
            }
        }
    }

    /// Gives a container another name.
    public func rename(_ name: String, to newName: String) async throws(EngineError) {
        guard !name.isEmpty, !newName.isEmpty else {
            throw EngineError(.invalidArgument, "Neither old nor new names may be empty")
        }
        let container = try container(name)
        let wanted = newName.hasPrefix("/") ? String(newName.dropFirst()) : newName
        let old: String = try await container.gate.pass { () async throws(EngineError) in
            let old = container.name
            guard old != wanted else {
                throw EngineError(.invalidArgument, "Renaming a container with the same name as its current name")
            }
            do throws(EngineError) {
                let valid = try NameRules.containerName(newName)
                try containers.with { table throws(EngineError) in try table.reserve(valid, for: container.id) }
            } catch {
                throw EngineError(error.code, "Error when allocating new name: \(error.message)")
            }
            container.change { $0.record.name = wanted }
            containers.release(old, of: container.id)
            try container.save()
            return old
        }
        publish("rename", of: container, [Event.Attribute("oldName", "/\(old)")])
    }

    /// Removes stopped containers; filters `until`, `label`, `label!`.
    public func pruneContainers(_ filters: FilterArguments) async throws(EngineError) -> PruneReport {
        try filters.check(["label", "label!", "until"])
        let limit = try filters.until()
        var report = PruneReport(deleted: [], reclaimed: 0)
        for container in containers.all.sorted(by: { $0.definition.created < $1.definition.created }) {
            guard !container.state.isRunning, filters.acceptsLabels(container.definition.configuration.labels)
            else { continue }
            if let limit, container.definition.created.nanosecondsSince1970 > limit { continue }
            let size = DirectorySize.bytes(of: container.upperDirectory)
            do {
                try await remove(container, force: false, volumes: false)
                report.deleted.append(container.id)
                report.reclaimed += size
            } catch {
                // One that was started or removed meanwhile is not ours to take.
                guard error.code == .conflict || error.code == .notFound else { throw error }
            }
        }
        eventBus.publish(
            .container, "prune", actor: "", attributes: [Event.Attribute("reclaimed", String(report.reclaimed))])
        return report
    }
}
