import CLinux
import Glibc
import ImageStore
import LinuxKernel
import OCI

extension Engine {
    /// Makes a container, without starting it (`POST /containers/create`).
    ///
    /// - Throws: `notFound` (`No such image: nosuch:latest`), `conflict` (the name is in use), `invalidArgument`.
    public func create(_ request: ContainerCreation) async throws(EngineError) -> CreatedContainer {
        let clock = PhaseClock()
        let name = try request.name.flatMap { $0.isEmpty ? nil : $0 }.map { text throws(EngineError) in
            try NameRules.containerName(text)
        }
        try ConfigurationCheck.check(request.configuration)
        let (host, warnings) = try ConfigurationCheck.check(request.hostConfiguration, environment: creationEnvironment)
        try ConfigurationCheck.checkConflicts(request.configuration, host)
        let image = try await image(for: request)
        clock.mark("image")
        let definition = try definition(request, host, image)
        let reserved = try reserveName(name, for: definition.id)
        do {
            let container = try await make(definition, name: reserved, host: host, image: image)
            clock.mark("rootfs")
            containers.insert(container)
            publish("create", of: container)
            return CreatedContainer(id: container.id, warnings: warnings, phases: clock.phases)
        } catch {
            containers.release(reserved, of: definition.id)
            throw error
        }
    }

    private func image(for request: ContainerCreation) async throws(EngineError) -> Image {
        let image: Image
        do { image = try await imageStore.image(request.configuration.image) } catch { throw EngineError(error) }
        let platform = image.configuration.platform
        if let wanted = request.platform, wanted.os != platform.os || wanted.architecture != platform.architecture {
            throw EngineError(
                .notFound,
                "image with reference \(request.configuration.image) was found but its platform (\(platform)) does not "
                    + "match the specified platform (\(wanted))")
        }
        return image
    }

    private func definition(
        _ request: ContainerCreation, _ host: HostConfiguration, _ image: Image
    ) throws(EngineError) -> ContainerDefinition {
        var definition = ContainerDefinition()
        definition.id = Identifiers.make()
        definition.created = .now
        definition.image = image.id
        definition.topLayer = image.topLayer
        do {
            let initLayer = try InitLayer.directory(for: image, below: initLayerDirectory)
            definition.lowerDirectories = [initLayer] + image.lowerDirectories
        } catch {
            throw EngineError(system: error)
        }
        definition.configuration = request.configuration.merged(over: image.configuration.execution)
        definition.endpoints = request.endpoints
        if host.networkMode.hasPrefix("container:") {
            let other = try joined(host.networkMode).definition.configuration
            definition.configuration.hostname = other.hostname
            definition.configuration.domainname = other.domainname
        } else if definition.configuration.hostname.isEmpty {
            // The host's own name is what a container sees that shares its UTS or network namespace.
            definition.configuration.hostname =
                host.utsMode == "host" || host.networkMode == "host"
                ? self.host.facts.hostname : String(definition.id.prefix(12))
        }
        guard definition.commandLine.first.map({ !$0.isEmpty }) ?? false else {
            throw EngineError(.invalidArgument, "no command specified")
        }
        return definition
    }

    private func reserveName(_ name: String?, for id: String) throws(EngineError) -> String {
        if let name {
            try containers.with { table throws(EngineError) in try table.reserve(name, for: id) }
            return name
        }
        return try containers.with { table throws(EngineError) in
            for attempt in 0..<8 {
                let name = Identifiers.name(attempt: attempt)
                if !table.isTaken(name) {
                    try table.reserve(name, for: id)
                    return name
                }
            }
            let name = String(id.prefix(12))
            try table.reserve(name, for: id)
            return name
        }
    }

    private func make(
        _ definition: ContainerDefinition, name: String, host: HostConfiguration, image: Image
    ) async throws(EngineError) -> Container {
        var definition = definition
        var host = host
        var plan = MountPlan(volumes: volumeStore)
        do throws(EngineError) {
            for source in host.volumesFrom ?? [] {
                try plan.addVolumes(from: source) { name throws(EngineError) in try self.container(name) }
            }
            for bind in host.binds ?? [] { try plan.addBind(bind) }
            for mount in host.mounts ?? [] { try plan.add(mount) }
            for path in (host.tmpfs ?? [:]).keys { try plan.addTmpfs(path) }
            try plan.addAnonymous(definition.configuration.volumes)
            try fill(plan.copyUps, from: image)
            definition.mountPoints = plan.sorted
            try resolveJoins(&host)
            host.links = try host.links.map { links throws(EngineError) in try resolvedLinks(links) }
            var record = ContainerRecord()
            record.name = name
            record.hostConfiguration = host
            let container = Container(
                definition: definition, record: record, directory: containerDirectory(definition.id))
            try makeDirectories(of: container)
            for volume in plan.newVolumes { publishVolume("create", volume) }
            return container
        } catch {
            for volume in plan.newVolumes {
                do { try volumeStore.remove(volume) } catch {
                    logger.error("cannot remove the new volume \(volume.name): \(error)")
                }
            }
            removeDirectory(containerDirectory(definition.id))
            throw error
        }
    }

    /// `container:NAME` becomes `container:ID`, so that a rename does not break it.
    private func resolveJoins(_ host: inout HostConfiguration) throws(EngineError) {
        for path in [
            \HostConfiguration.networkMode, \HostConfiguration.ipcMode, \HostConfiguration.pidMode,
        ] where host[keyPath: path].hasPrefix("container:") {
            host[keyPath: path] = "container:\(try joined(host[keyPath: path]).id)"
        }
        let mode = host.networkMode
        guard ["bridge", "host", "none"].contains(mode) || mode.hasPrefix("container:") else {
            throw EngineError(.notFound, "network \(mode) not found")
        }
    }

    /// The container of `container:NAME`.
    ///
    /// - Throws: `invalidArgument` where there is none: to clients, a creation that is `notFound` lacks its image.
    private func joined(_ mode: String) throws(EngineError) -> Container {
        do { return try container(String(mode.dropFirst("container:".count))) } catch {
            throw EngineError(.invalidArgument, error.message)
        }
    }

    private func makeDirectories(of container: Container) throws(EngineError) {
        do { try preparedFolders.make(container.directory) } catch { throw EngineError(system: error) }
        try container.saveFirst()
    }

    func removeDirectory(_ path: String) {
        do { try TreeRemover.remove(path: path) } catch {
            logger.error("cannot remove \(path): \(error)")
        }
    }

    /// An empty volume takes what the image has at its path, with owner and permissions of that folder.
    private func fill(_ copyUps: [MountPlan.CopyUp], from image: Image) throws(EngineError) {
        guard !copyUps.isEmpty else { return }
        do {
            let root = try MergedRoot(layers: image.lowerDirectories)
            for copyUp in copyUps {
                guard let source = try root.folder(copyUp.path) else { continue }
                let user = Identifiers.make()
                try volumeStore.mount(copyUp.volume, for: user)
                let copied = Result { () throws(SystemError) in
                    guard try Folder.names(copyUp.content).isEmpty else { return }
                    try TreeCopy.copy(from: source, into: try FileDescriptor.directory(copyUp.content))
                }
                try volumeStore.unmount(copyUp.volume, for: user)
                try copied.get()
            }
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(.system, "failed to copy the image's content into a volume: \(error)")
        }
    }
}
