import ImageStore
import LinuxKernel
import Logging
import BridgeNetwork
import RegistryClient
import Synchronization

/// Many containers, their images, volumes and logs: docker's daemon without its wire.
///
/// ```swift
/// let engine = try await Engine.open(EngineConfiguration(root: "/var/lib/drydock", shimPath: …, version: "0.1.0"))
/// let created = try await engine.create(ContainerCreation(name: "web", configuration: …))
/// try await engine.start("web")
/// let result = try await engine.wait("web", until: .notRunning).result()
/// try await engine.shutdown()          // containers run on
/// ```
///
/// All of it is safe to be called at once. Objects are named as docker names them: by full ID, name, or the start of an
/// ID. Operations on one container happen one after the other; `list`, `inspect` and `wait` never wait for them. Errors
/// are `EngineError`, worded as dockerd words them.
public final class Engine: Sendable {
    /// What it was opened with.
    public let configuration: EngineConfiguration

    let logger: Logger
    /// The engine's own ID, kept in its root.
    let identity: String
    let registryClient: RegistryClient
    let imageStore: ImageStore
    let volumeStore: VolumeStore
    let network: BridgeNetwork
    let launcher: Launcher
    let preparedFolders: PreparedFolders
    let preparedInits: PreparedInits
    let preparedExecs: PreparedExecs
    let endedCgroups = EndedCgroups()
    let removedFolders: RemovedFolders
    let host: HostContext
    let eventBus: EventBus
    let containers: ContainerRegistry
    let userDatabases = UserDatabaseCache()
    let execs = Mutex<[String: ExecProcess]>([:])
    let isShuttingDown = Mutex(false)
    let networkIDTable = Mutex(NetworkIDs([]))

    init(_ parts: Parts, identity: String, configuration: EngineConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        self.identity = identity
        registryClient = parts.registryClient
        imageStore = parts.imageStore
        volumeStore = parts.volumeStore
        network = parts.network
        launcher = parts.launcher
        preparedFolders = parts.preparedFolders
        preparedInits = parts.preparedInits
        preparedExecs = PreparedExecs(parts.host, parts.launcher, logger: logger)
        removedFolders = parts.removedFolders
        host = parts.host
        eventBus = parts.eventBus
        containers = parts.containers
    }

    /// What an engine is put together from.
    struct Parts {
        var registryClient: RegistryClient
        var imageStore: ImageStore
        var volumeStore: VolumeStore
        var network: BridgeNetwork
        var launcher: Launcher
        var preparedFolders: PreparedFolders
        var preparedInits: PreparedInits
        var removedFolders: RemovedFolders
        var host: HostContext
        var eventBus: EventBus
        var containers: ContainerRegistry
    }

    /// The container of a name, a full ID, the start of one, or a link's name.
    func container(_ name: String) throws(EngineError) -> Container {
        do { return try containers.container(name) } catch {
            guard error.code == .notFound, let linked = linkedContainer(name) else { throw error }
            return linked
        }
    }

    /// What creation's checks need to know.
    var creationEnvironment: CreationEnvironment {
        CreationEnvironment(
            held: host.held, features: host.cgroups.features, processors: host.facts.processors,
            cgroupVersion: host.cgroups.version, logDriver: configuration.logDriver,
            logOptions: configuration.logOptions)
    }

    /// Where `InitLayer` keeps its layers.
    var initLayerDirectory: String { "\(configuration.root)/init" }

    func containerDirectory(_ id: String) -> String { "\(configuration.root)/containers/\(id)" }

    /// Tells an event of a container, with its image, name and labels.
    func publish(_ action: String, of container: Container, _ extra: [Event.Attribute] = []) {
        let configuration = container.definition.configuration
        var attributes = extra
        attributes.append(Event.Attribute("image", configuration.image))
        attributes.append(Event.Attribute("name", container.name))
        for (name, value) in configuration.labels { attributes.append(Event.Attribute(name, value)) }
        eventBus.publish(.container, action, actor: container.id, attributes: attributes.sorted { $0.name < $1.name })
    }

    /// Writes a container's state; a disk that refuses must not stop what happens in the world.
    func save(_ container: Container) {
        do { try container.save() } catch {
            // Its folder is gone, and with it what there was to keep.
            guard !container.read({ $0.isBeingRemoved }) else { return }
            logger.error("cannot save the state of container \(container.shortID): \(error)")
        }
    }
}

/// The kernel's side of the host.
struct HostContext: Sendable {
    let watcher: DescriptorWatcher
    let cgroups: CgroupDriver
    let cgroupLayout: CgroupLayout
    let facts: HostFacts
    /// What the daemon itself may do.
    let held: CapabilitySet
    let seccomp: SeccompCache
}

/// The table of containers, shared with the image store, which asks who uses what.
final class ContainerRegistry: Sendable {
    private let table = Mutex(ContainerTable())

    var all: [Container] { table.withLock { $0.all } }

    func container(_ name: String) throws(EngineError) -> Container {
        try with { table throws(EngineError) in try table.container(name) }
    }

    func with<Answer: Sendable>(
        _ body: (inout ContainerTable) throws(EngineError) -> Answer
    ) throws(EngineError) -> Answer {
        try table.withLock { table throws(EngineError) in try body(&table) }
    }

    func insert(_ container: Container) { table.withLock { $0.insert(container) } }
    func remove(_ container: Container) { table.withLock { $0.remove(container) } }
    func release(_ name: String, of id: String) { table.withLock { $0.release(name, of: id) } }

    /// Which images are used, for their removal.
    var imageUses: [ContainerUse] {
        all.compactMap { container in
            container.definition.image.map { image in
                ContainerUse(
                    containerID: container.id, image: image, topLayer: container.definition.topLayer,
                    isRunning: container.state.isRunning)
            }
        }
    }
}

/// Users and groups of images, read once for each.
final class UserDatabaseCache: Sendable {
    private let databases = Mutex<[String: UserDatabase]>([:])

    /// The database of an image, by its uppermost layer.
    func database(_ key: String, read: () throws(SystemError) -> UserDatabase) throws(SystemError) -> UserDatabase {
        if let known = databases.withLock({ $0[key] }) { return known }
        let database = try read()
        databases.withLock { databases in
            // Bounded: an engine that has seen hundreds of images starts anew.
            if databases.count >= 256 { databases.removeAll() }
            databases[key] = database
        }
        return database
    }
}
