import DockerClient
import FixtureImages
import FixtureRegistry
import OCI
import Scenario

/// Provides the built-in fixture images: pulled by the endpoint from a registry on this machine's loopback, or, where
/// the endpoint cannot reach that, loaded as archives.
struct FixtureSupply: ImageSupply {
    private let catalog: FixtureCatalog
    private let registry: FixtureRegistry
    private let run: String
    private let keepers: KeeperImages
    /// Whether the endpoint pulls; otherwise archives are loaded.
    let hasRegistry: Bool

    /// The supply that the options ask for.
    static func make(engine: Engine, identity: RunIdentity, options: ImageOptions) async throws -> any ImageSupply {
        let folder =
            options.folder ?? FixtureCatalog.defaultFolder(environment: CommandEnvironment.ofProcess)
        let builtIn = try await builtIn(engine: engine, identity: identity, folder: folder)
        let isGiven = options.registry != nil || !options.replacements.isEmpty
        return isGiven ? GivenImages(base: builtIn, options: options) : builtIn
    }

    /// Starts the registry and finds out whether the endpoint can pull from it.
    private static func builtIn(
        engine: Engine, identity: RunIdentity, folder: String
    ) async throws -> any ImageSupply {
        let catalog: FixtureCatalog
        do {
            catalog = try FixtureCatalog(opening: folder)
        } catch {
            return NoImages(reason: "\(error)")
        }
        let registry = try await FixtureRegistry.start(.init(catalog: catalog, run: identity.run))
        let pulling = FixtureSupply(catalog: catalog, registry: registry, run: identity.run, hasRegistry: true)
        if await pulling.canPull(engine) { return pulling }
        return FixtureSupply(catalog: catalog, registry: registry, run: identity.run, hasRegistry: false)
    }

    private init(catalog: FixtureCatalog, registry: FixtureRegistry, run: String, hasRegistry: Bool) {
        self.catalog = catalog
        self.registry = registry
        self.run = run
        self.hasRegistry = hasRegistry
        keepers = KeeperImages()
    }

    private static let smallest = "probe"
    /// The repository of the images that keep the layers of a run in the daemon, so that cases do not fetch them again.
    private var keeper: CaseToken { CaseToken(run: run, hash: "keeper") }

    private func canPull(_ engine: Engine) async -> Bool {
        guard let name = catalog.name(of: Self.smallest) ?? catalog.names.first else { return false }
        do {
            try await pull(name, for: keeper, engine: engine, deadline: Deadline(after: .seconds(20)))
            return true
        } catch {
            return false
        }
    }

    func provide(_ needs: [Need], token: CaseToken, engine: Engine, deadline: Deadline) async throws -> CaseImages {
        var images = CaseImages()
        images.variables["registry"] = "\(registry.address)/\(token.text)"
        images.variables["registry.host"] = registry.address
        images.variables["registry.basic"] = "\(registry.basicAddress)/\(token.text)"
        images.variables["registry.bearer"] = "\(registry.bearerAddress)/\(token.text)"
        for full in catalog.names {
            let (name, tag) = Self.split(full)
            let repository = "\(registry.address)/\(token.text)/\(name)"
            images.commands[full] = "\(repository):\(tag)"
            if tag == "latest" { images.commands[name] = repository }
            let image = try caseImage(full, token)
            for alias in tag == "latest" ? [name, full] : [full] {
                images.variables["image.\(alias)"] = "\(repository):\(tag)"
                images.variables["image.\(alias).id"] = "\(image.id)"
                images.variables["image.\(alias).digest"] = "\(image.manifest.digest)"
            }
        }
        for need in needs {
            guard let wanted = need.imageName else { continue }
            guard let full = catalog.name(of: wanted) else {
                throw ReplayStop.fault(
                    "no fixture image is called \(wanted). There are: \(catalog.names.joined(separator: ", "))")
            }
            guard case .image = need else { continue }
            try await keepers.once(full) { try await put(full, for: keeper, engine: engine, deadline: deadline) }
            try await put(full, for: token, engine: engine, deadline: deadline)
        }
        return images
    }

    func release(_ token: CaseToken) { registry.forget(case: token.text) }
    func shutdown() async { await registry.shutdown() }

    private func caseImage(_ full: String, _ token: CaseToken) throws -> CaseImage {
        try catalog.caseImage(full, for: CaseIdentity(case: token.text, run: run))
    }

    private static func split(_ full: String) -> (name: String, tag: String) {
        let parts = full.split(separator: ":", maxSplits: 1).map(String.init)
        return (parts[0], parts.count > 1 ? parts[1] : "latest")
    }

    private func put(_ full: String, for token: CaseToken, engine: Engine, deadline: Deadline) async throws {
        if hasRegistry {
            try await pull(full, for: token, engine: engine, deadline: deadline)
        } else {
            try await load(full, for: token, engine: engine, deadline: deadline)
        }
    }

    private func pull(_ full: String, for token: CaseToken, engine: Engine, deadline: Deadline) async throws {
        let (name, tag) = Self.split(full)
        let request = EngineRequest(
            "POST", "/images/create",
            query: [("fromImage", "\(registry.address)/\(token.text)/\(name)"), ("tag", tag)])
        try await send(request, "the pull of the fixture image \(full)", engine: engine, deadline: deadline)
    }

    private func load(_ full: String, for token: CaseToken, engine: Engine, deadline: Deadline) async throws {
        let (name, tag) = Self.split(full)
        let sink = MemorySink(limit: 2 << 30)
        try caseImage(full, token)
            .archive(tags: ["\(registry.address)/\(token.text)/\(name):\(tag)"], in: catalog).write(to: sink)
        let request = EngineRequest(
            "POST", "/images/load", query: [("quiet", "1")], headers: [("Content-Type", "application/x-tar")],
            body: .bytes(sink.bytes))
        try await send(request, "the load of the fixture image \(full)", engine: engine, deadline: deadline)
    }

    /// Sends a request whose answer is a stream of progress, in which an error may stand after a status of 200.
    private func send(_ request: EngineRequest, _ what: String, engine: Engine, deadline: Deadline) async throws {
        let response = try await deadline.run(awaiting: what) { try await engine.client.send(request).checked() }
        try PullProgress.check(response.body, what)
    }
}

/// Which fixture images the daemon keeps for the whole run; each is provided once, later cases wait for it.
actor KeeperImages {
    private var tasks: [String: Task<Void, any Error>] = [:]

    func once(_ name: String, _ provide: @escaping @Sendable () async throws -> Void) async throws {
        if let task = tasks[name] { return try await task.value }
        let task = Task { try await provide() }
        tasks[name] = task
        do {
            try await task.value
        } catch {
            tasks[name] = nil
            throw error
        }
    }
}
