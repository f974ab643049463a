import ImageStore
import LinuxKernel
import Logging
import BridgeNetwork
import OCI
import RegistryClient

extension Engine {
    /// Opens an engine on its root: makes what is missing, takes up the containers that ran on, settles those that
    /// ended meanwhile, and starts those whose policy wants it.
    public static func open(
        _ configuration: EngineConfiguration, logger: Logger = Logger(label: "engine")
    ) async throws(EngineError) -> Engine {
        do {
            let root = configuration.root
            for (path, mode) in [(root, UInt32(0o710)), ("\(root)/containers", 0o710)] {
                try Folder.make(path, mode: mode)
                // One that was there before is closed to others, too (CVE-2021-41091).
                try Folder.setMode(path, mode)
            }
            let watcher = try DescriptorWatcher()
            let layout = try CgroupLayout.detect()
            let host = HostContext(
                watcher: watcher,
                cgroups: try CgroupDriver(layout: layout, parent: configuration.cgroupParent, watcher: watcher),
                cgroupLayout: layout, facts: try HostFacts.current(), held: try CapabilitySet.held(),
                seccomp: try SeccompCache())
            let registryClient = RegistryClient(configuration: configuration.registry, logger: logger)
            let containers = ContainerRegistry()
            let imageStore = try await ImageStore.open(
                ImageStoreConfiguration(root: "\(root)/images"), registry: registryClient, logger: logger
            ) { containers.imageUses }
            var network = NetworkConfiguration(stateDirectory: "\(root)/network")
            network.bridgeName = configuration.bridgeName
            network.tableName = configuration.bridgeName
            network.preparedNamespaces = configuration.preparedNamespaces
            network.subnet = try Self.subnet(configuration)
            network.ipv6 = configuration.ipv6
            let launcher = try Launcher(executable: configuration.shimPath)
            let parts = Parts(
                registryClient: registryClient, imageStore: imageStore,
                volumeStore: try VolumeStore(root: "\(root)/volumes", logger: logger),
                network: try BridgeNetwork(configuration: network, logger: logger),
                launcher: launcher,
                preparedFolders: try PreparedFolders(
                    folder: "\(root)/prepared", destination: "\(root)/containers",
                    target: configuration.preparedFolders, logger: logger),
                preparedInits: try PreparedInits(
                    host.cgroups, launcher, target: configuration.preparedInits, logger: logger),
                removedFolders: try RemovedFolders(folder: "\(root)/removed", logger: logger), host: host,
                eventBus: EventBus(clock: { Timestamp.now.nanosecondsSince1970 }), containers: containers)
            let engine = Engine(
                parts, identity: try identity(root), configuration: configuration, logger: logger)
            try await engine.recover()
            engine.preparedFolders.open()
            engine.preparedInits.open()
            return engine
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(.system, "cannot open the engine in \(configuration.root): \(error)")
        }
    }

    private static func subnet(_ configuration: EngineConfiguration) throws(EngineError) -> IPv4Network? {
        guard let text = configuration.subnet else { return nil }
        guard let subnet = IPv4Network(text) else {
            throw EngineError(.invalidArgument, "invalid subnet \(text): an IPv4 range such as 172.30.0.0/16 is needed")
        }
        return subnet
    }

    /// The engine's ID, made at the first opening.
    private static func identity(_ root: String) throws -> String {
        let path = "\(root)/engine-id"
        do {
            return try SmallFile.text(path)
        } catch {
            guard error.errno == 2 else { throw error }
            let id = Identifiers.make()
            try SmallFile.replace(path, with: Array(id.utf8))
            return id
        }
    }

    /// Ends the engine; containers run on and are found again by the next `open`.
    public func shutdown() async throws(EngineError) {
        isShuttingDown.withLock { $0 = true }
        for container in containers.all {
            container.change { life in
                life.restartDelay?.cancel()
                life.healthTask?.cancel()
            }
        }
        eventBus.finish()
        preparedExecs.close()
        endedCgroups.close()
        await preparedFolders.close()
        await preparedInits.close()
        launcher.stop()
        await network.stop()
        await removedFolders.finish()
        do {
            try await imageStore.shutdown()
            try await registryClient.shutdown()
        } catch {
            throw EngineError(system: error)
        }
    }

    /// Stops every container and takes everything off the host that is not under the root: bridge, rules, cgroups,
    /// mounts. The engine is shut down by it.
    public func cleanUp() async throws(EngineError) {
        for container in containers.all where container.state.isRunning {
            // Before the gate, too: a stop that waits for the process, perhaps for ever, holds it.
            try await killWhatRuns(container)
            try await container.gate.pass { () async throws(EngineError) in try await killWhatRuns(container) }
            await settle(container)
        }
        preparedExecs.close()
        endedCgroups.close()
        await preparedInits.close()
        do {
            try await network.cleanup()
            try await host.cgroups.removeParent()
        } catch let error as NetworkError {
            throw EngineError(error)
        } catch {
            throw EngineError(system: error)
        }
        try await shutdown()
    }
}
