import DockerClient
import RawJSON
import Synchronization

/// A daemon behind a Docker endpoint, measured from outside.
public final class EndpointSampler: Sampler {
    /// Every container of a benchmark carries this label, and nothing without it is touched.
    public static let label = "io.drydock.bench"

    /// See `Sampler`.
    public let name: String
    let client: DockerClient
    private let images: any BenchmarkImages
    /// A docker command line to measure as a whole process: its words before `run`.
    private let commandLine: [String]
    private let state = Mutex(State())

    private struct State {
        var prepared: Set<String> = []
        var residents: [String] = []
        var execTarget: String?
    }

    /// - Parameters:
    ///   - commandLine: the words that start a docker command line for this endpoint.
    public init(name: String, client: DockerClient, images: any BenchmarkImages, commandLine: [String]) {
        self.name = name
        self.client = client
        self.images = images
        self.commandLine = commandLine
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
    public func refusal(of workload: Workload) -> String? {
        workload.kind == .commandLine && commandLine.isEmpty ? "was given no command line (--cli) for" : nil
    }

    /// See `Sampler`.
    public func prepare(_ workload: Workload, _ variant: Workload.Variant) async throws {
        if workload.kind != .pull, !state.withLock({ $0.prepared.contains(workload.image) }) {
            try await images.provide(workload.image, to: client)
            state.withLock { _ = $0.prepared.insert(workload.image) }
        }
        var resident = state.withLock { $0.residents.count }
        while resident < variant.resident {
            let id = try await create(
                image: "probe", command: ["pause"], options: ["HostConfig": ["NetworkMode": "none"]])
            try await send("POST", "/containers/\(id)/start")
            resident = state.withLock { state in
                state.residents.append(id)
                return state.residents.count
            }
        }
        let superfluous = state.withLock { state in
            let rest = state.residents.dropFirst(variant.resident)
            state.residents.removeLast(rest.count)
            return Array(rest)
        }
        for id in superfluous { try await remove(id) }
        if workload.kind == .exec, state.withLock({ $0.execTarget }) == nil {
            let id = try await create(image: workload.image, command: ["pause"], options: workload.create)
            try await send("POST", "/containers/\(id)/start")
            state.withLock { $0.execTarget = id }
        }
    }

    /// See `Sampler`.
    public func sample(_ workload: Workload, _ variant: Workload.Variant, index: Int) async -> Sample {
        var sample = Sample(
            workload: workload.id, variant: variant.label, endpoint: name, index: index,
            began: MonotonicClock.nanoseconds())
        do {
            switch workload.kind {
            case .cycle: try await cycle(workload, &sample)
            case .firstByte: try await firstByte(workload, &sample)
            case .port: try await port(workload, &sample)
            case .exec: try await exec(workload, &sample)
            case .commandLine: try await process(workload, &sample)
            case .pull: try await pull(workload, &sample)
            }
        } catch {
            sample.failure = "\(error)"
        }
        return sample
    }

    /// See `Sampler`.
    public func cleanUp() async throws {
        state.withLock { $0 = State() }
        let filters: JSONValue = ["label": [.string(Self.label)]]
        let list = try await client.send(
            EngineRequest("GET", "/containers/json", query: [("all", "1"), ("filters", filters.text())])
        ).checked().json()
        for container in list.array ?? [] {
            if let id = container["Id"]?.string { try await remove(id) }
        }
        try await images.withdraw(from: client)
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

    func remove(_ id: String) async throws {
        try await send("DELETE", "/containers/\(id)", query: [("force", "1"), ("v", "1")])
    }

    var execTarget: String? { state.withLock { $0.execTarget } }
    var commandWords: [String] { commandLine }
    func reference(_ image: String) -> String { images.reference(image) }
    func pullReference(_ image: String) throws -> (name: String, tag: String) { try images.pullReference(image) }
}

/// Where a benchmark's images come from.
public protocol BenchmarkImages: Sendable {
    /// What an image is called on the endpoint.
    func reference(_ image: String) -> String
    /// The repository and tag to pull it by.
    func pullReference(_ image: String) throws -> (name: String, tag: String)
    /// Brings it to an endpoint.
    func provide(_ image: String, to client: DockerClient) async throws
    /// Takes all of them away again.
    func withdraw(from client: DockerClient) async throws
}

/// Why a sample does not count, or a run cannot be made: one sentence.
public struct BenchmarkFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// A fault by its sentence.
    public init(_ description: String) { self.description = description }
}
