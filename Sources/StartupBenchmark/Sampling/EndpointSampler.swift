import DockerClient
import EventLoopExecution
import NIOPosix
import RawJSON
import Synchronization

/// A daemon behind a Docker endpoint, measured from outside.
public final class EndpointSampler: Sampler {
    /// Every container of a benchmark carries this label, and nothing without it is touched.
    public static let label = "io.drydock.bench"
    /// How long nobody asked an idle daemon for anything: its images were loaded just before, and a runtime gives memory
    /// back in its own time.
    private static let idleTime: Duration = .seconds(5)
    /// How many requests at once make and remove resident containers.
    private static let hands = 4

    /// See `Sampler`.
    public let name: String
    let client: DockerClient
    /// Where requests are sent and answers looked at without another thread's turn in between, which would count as the
    /// endpoint's time.
    private let executor: EventLoopExecutor
    private let storage: String?
    private let images: any BenchmarkImages
    /// A docker command line to measure as a whole process: its words before `run`.
    private let commandLine: [String]
    private let state = Mutex(State())
    /// In the environment of every resident container, by which its processes are found.
    private let token: String

    private struct State {
        var prepared: Set<String> = []
        var residents: [String] = []
        var execTarget: String?
    }

    /// - Parameters:
    ///   - storage: what its images and containers are kept on, for workloads that ask for a storage of that name.
    ///   - commandLine: the words that start a docker command line for this endpoint.
    public init(
        name: String, client: DockerClient, storage: String?, images: any BenchmarkImages, commandLine: [String]
    ) {
        self.name = name
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        self.client = client.confined(to: eventLoop)
        executor = EventLoopExecutor(eventLoop)
        self.storage = storage
        self.images = images
        self.commandLine = commandLine
        token = "DRYDOCK_BENCH=\(name)-\(UInt64.random(in: 0 ... .max))"
    }

    /// See `Sampler`.
    public func describe() async throws -> String {
        let version = try await client.send(EngineRequest("GET", "/version")).checked().json()
        let platform = version["Platform"]?["Name"]?.string ?? ""
        let component = version["Components"]?[0]?["Name"]?.string ?? "Engine"
        let product = platform.isEmpty || platform == "linux/amd64" ? component : platform
        return "\(product) \(version["Version"]?.string ?? "?"), API \(version["ApiVersion"]?.string ?? "?")"
    }

    /// See `Sampler`.
    public func concerns(_ workload: Workload) -> Bool { workload.storage == storage }

    /// See `Sampler`.
    public func refusal(of workload: Workload) -> String? {
        if workload.kind == .commandLine, commandLine.isEmpty { return "was given no command line (--cli) for" }
        if workload.kind == .memory, !canSeeMemory {
            return "is no daemon on a Unix socket of this machine, as needed for"
        }
        return nil
    }

    /// See `Sampler`.
    public func prepare(_ workload: Workload, _ variant: Workload.Variant) async throws {
        if workload.kind == .pull {
            // Layers that are there already would not be pulled.
            try await images.withdraw(workload.image, from: client)
            state.withLock { _ = $0.prepared.remove(workload.image) }
        } else if workload.kind != .memory {
            try await provide(workload.image)
        }
        try await setResidents(variant.resident)
        if workload.kind == .exec, state.withLock({ $0.execTarget }) == nil {
            let id = try await create(image: workload.image, command: ["pause"], options: workload.create)
            state.withLock { $0.execTarget = id }
            try await send("POST", "/containers/\(id)/start")
        }
    }

    private func provide(_ image: String) async throws {
        guard !state.withLock({ $0.prepared.contains(image) }) else { return }
        try await images.provide(image, to: client)
        state.withLock { _ = $0.prepared.insert(image) }
    }

    /// Starts or removes containers until there are so many.
    private func setResidents(_ wanted: Int) async throws {
        let present = state.withLock { $0.residents.count }
        if present < wanted {
            try await provide("probe")
            try await Self.inParallel(Array(present..<wanted)) { [self] _ in
                let options: JSONObject = ["HostConfig": ["NetworkMode": "none"], "Env": [.string(token)]]
                let id = try await create(image: "probe", command: ["pause"], options: options)
                state.withLock { $0.residents.append(id) }
                try await send("POST", "/containers/\(id)/start")
            }
        } else {
            let superfluous = state.withLock { state in
                let rest = Array(state.residents[wanted...])
                state.residents.removeLast(rest.count)
                return rest
            }
            try await Self.inParallel(superfluous) { try await self.end($0) }
        }
    }

    private static func inParallel<Element: Sendable>(
        _ elements: [Element], _ body: @escaping @Sendable (Element) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, element) in elements.enumerated() {
                if index >= hands { try await group.next() }
                group.addTask { try await body(element) }
            }
            try await group.waitForAll()
        }
    }

    /// See `Sampler`.
    public func sample(_ workload: Workload, _ variant: Workload.Variant, index: Int) async -> Sample {
        var sample = Sample(workload, variant, name, index: index)
        do {
            switch workload.kind {
            case .cycle: try await onLoop(cycle, workload, &sample)
            case .firstByte: try await onLoop(firstByte, workload, &sample)
            case .port: try await onLoop(port, workload, &sample)
            case .exec: try await onLoop(exec, workload, &sample)
            case .commandLine: try await process(workload, &sample)
            case .pull: try await pull(workload, &sample)
            case .log: try await log(workload, &sample)
            case .logFollow: try await followLog(workload, &sample)
            case .events: try await events(workload, &sample)
            case .memory: sample.phases = try await memory(after: Self.idleTime)
            }
        } catch {
            sample.failure = "\(error)"
        }
        return sample
    }

    /// Carries out what takes so little that a turn of a thread would show.
    private func onLoop(
        _ kind: (Workload, inout Sample) async throws -> Void, _ workload: Workload, _ sample: inout Sample
    ) async throws {
        try await withTaskExecutorPreference(executor) { try await kind(workload, &sample) }
    }

    private var canSeeMemory: Bool {
        #if os(Linux)
            if case .unix = client.configuration.endpoint.transport { return true }
        #endif
        return false
    }

    /// See `Sampler`.
    public func memory() async throws -> [Sample.Phase] { try await memory(after: .zero) }

    /// The same after a while in which nothing is asked of the daemon, not even who it is.
    private func memory(after quiet: Duration) async throws -> [Sample.Phase] {
        #if os(Linux)
            guard case .unix(let path) = client.configuration.endpoint.transport else { return [] }
            let daemon = try ProcessMemory.listener(on: path)
            try await Task.sleep(for: quiet)
            return try ProcessMemory.phases(of: daemon, residents: token)
        #else
            return []
        #endif
    }

    /// See `Sampler`.
    public func finish(_ workload: Workload) async throws {
        try await setResidents(0)
        let target = state.withLock { state in
            defer { state.execTarget = nil }
            return state.execTarget
        }
        if let target { try await end(target) }
    }

    /// See `Sampler`.
    public func cleanUp() async throws {
        state.withLock { $0 = State() }
        let filters: JSONValue = ["label": [.string(Self.label)]]
        let list = try await client.send(
            EngineRequest("GET", "/containers/json", query: [("all", "1"), ("filters", filters.text())])
        ).checked().json()
        let left = (list.array ?? []).compactMap { $0["Id"]?.string }
        try await Self.inParallel(left) { try await self.end($0) }
        try await images.withdraw(nil, from: client)
    }

    // MARK: - Calls

    func create(image: String, command: [String], options: JSONObject) async throws -> String {
        let response = try await client.send(try createRequest(image, command, options)).checked()
        guard let id = try response.json()["Id"]?.string else { throw BenchmarkFault("create answered without an Id") }
        return id
    }

    func createRequest(_ image: String, _ command: [String], _ options: JSONObject) throws -> EngineRequest {
        var body = options
        body["Image"] = .string(images.reference(image))
        body["Cmd"] = .array(command.map(JSONValue.string))
        body["Labels"] = [Self.label: "1"]
        return EngineRequest("POST", "/containers/create", body: .json(.object(body)))
    }

    @discardableResult
    func send(_ method: String, _ path: String, query: [(name: String, value: String)] = []) async throws
        -> EngineResponse
    {
        try await client.send(EngineRequest(method, path, query: query)).checked()
    }

    /// Removes one that may run and heeds no SIGTERM: podman's forced removal would first wait ten seconds for it.
    private func end(_ id: String) async throws {
        let killed = try await client.send(EngineRequest("POST", "/containers/\(id)/kill"))
        // 409 where it does not run any more.
        if killed.status != 409 { _ = try killed.checked() }
        try await remove(id)
    }

    func remove(_ id: String) async throws {
        try await send("DELETE", "/containers/\(id)", query: [("force", "1"), ("v", "1")])
    }

    var execTarget: String? { state.withLock { $0.execTarget } }
    var commandWords: [String] { commandLine }
    func reference(_ image: String) -> String { images.reference(image) }
    func pullReference(_ image: String) throws -> (name: String, tag: String) { try images.pullReference(image) }
}
