import DockerClient
import FixtureImages
import FixtureRegistry
import OCI

/// The suite's fixture images under names of the benchmark's own: loaded by archive, or pulled from a registry on
/// loopback where the pull itself is measured.
public final class FixtureBenchmarkImages: BenchmarkImages {
    private static let run = "bench"
    private let catalog: FixtureCatalog
    private let registry: FixtureRegistry

    /// Serves the images of a catalogue, and those that only a benchmark needs.
    ///
    /// - Parameters:
    ///   - images: what workloads ask for; larger images are only built where one does.
    ///   - cache: the folder in which they are built.
    public static func start(_ fixtures: FixtureCatalog, images: Set<String>, cache: String) async throws
        -> FixtureBenchmarkImages
    {
        let wanted = images.intersection(SyntheticImages.names)
        let catalog = wanted.isEmpty ? fixtures : try SyntheticImages.catalog(fixtures, wanted, in: cache)
        let registry = try await FixtureRegistry.start(.init(catalog: catalog, run: run))
        return FixtureBenchmarkImages(catalog: catalog, registry: registry)
    }

    private init(catalog: FixtureCatalog, registry: FixtureRegistry) {
        self.catalog = catalog
        self.registry = registry
    }

    /// Ends the registry.
    public func shutdown() async { await registry.shutdown() }

    /// See `BenchmarkImages`.
    public func reference(_ image: String) -> String { "drydock.bench/\(image):latest" }

    /// See `BenchmarkImages`.
    public func pullReference(_ image: String) throws -> (name: String, tag: String) {
        guard let full = catalog.name(of: image), let colon = full.lastIndex(of: ":") else {
            throw BenchmarkFault(
                "there is no fixture image \(image); there are \(catalog.names.joined(separator: ", "))")
        }
        return ("\(registry.address)/bench/\(full[..<colon])", String(full[full.index(after: colon)...]))
    }

    /// See `BenchmarkImages`.
    public func provide(_ image: String, to client: DockerClient) async throws {
        let identity = CaseIdentity(case: "bench", run: Self.run)
        let sink = MemorySink(limit: 2 << 30)
        try catalog.caseImage(image, for: identity).archive(tags: [reference(image)], in: catalog).write(to: sink)
        let stream = try await client.open(
            EngineRequest(
                "POST", "/images/load", query: [("quiet", "1")], headers: [("Content-Type", "application/x-tar")],
                body: .bytes(sink.bytes))
        ).checked()
        for try await line in stream.jsonValues() {
            if let message = line.value["error"]?.string { throw BenchmarkFault("the load failed: \(message)") }
        }
    }

    /// See `BenchmarkImages`.
    public func withdraw(_ image: String?, from client: DockerClient) async throws {
        let own: Set<String>? = try image.map { image in
            let (name, tag) = try pullReference(image)
            return [reference(image), "\(name):\(tag)"]
        }
        let list = try await client.send(EngineRequest("GET", "/images/json")).checked().json()
        for name in (list.array ?? []).flatMap({ $0["RepoTags"]?.array ?? [] }).compactMap(\.string) {
            guard name.hasPrefix("drydock.bench/") || name.hasPrefix("\(registry.address)/"),
                own?.contains(name) ?? true
            else { continue }
            _ = try await client.send(EngineRequest("DELETE", "/images/\(name)", query: [("force", "1")])).checked()
        }
    }
}
