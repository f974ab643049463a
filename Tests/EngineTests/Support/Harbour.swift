import FixtureImages
import Foundation
import ImageStore
import Logging
import NIOCore
import OCI
import Testing

@testable import Engine

/// What these tests need of the machine.
enum Machine {
    static let isRoot = geteuid() == 0
    static let hasImages = (try? catalog()) != nil
    static let isFit = isRoot && hasImages
    static let why: Comment = "containers need root, and the fixture images (`drydock fixtures build`)"
    /// Beside the test executable, where the package manager builds products.
    static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path

    static func catalog() throws -> FixtureCatalog {
        try FixtureCatalog(
            opening: FixtureCatalog.defaultFolder(environment: ProcessInfo.processInfo.environment))
    }
}

/// An engine on a root, a bridge and a cgroup of its own, with busybox; everything is gone when the test is over.
final class Harbour {
    let root: String
    private(set) var engine: Engine
    private let tag: String

    /// Runs a test in an engine of its own.
    static func with(_ body: (Harbour) async throws -> Void) async throws {
        let harbour = try await Harbour()
        do {
            try await body(harbour)
        } catch {
            Issue.record(error)
        }
        await harbour.tearDown()
    }

    private init() async throws {
        tag = String(UUID().uuidString.prefix(6)).lowercased()
        root = "/var/tmp/drydock-engine-tests/\(tag)"
        try FileManager.default.createDirectory(
            atPath: "/var/tmp/drydock-engine-tests", withIntermediateDirectories: true)
        engine = try await Self.open(root, tag)
        try await loadBusybox()
    }

    private static func open(_ root: String, _ tag: String) async throws -> Engine {
        var configuration = EngineConfiguration(
            root: root, shimPath: "\(Machine.products)/drydock-shim", version: "0.0.0-test")
        configuration.bridgeName = "ddt\(tag)"
        configuration.cgroupParent = "/drydock-test-\(tag)"
        configuration.preparedNamespaces = 1
        var logger = Logger(label: "engine-tests")
        logger.logLevel = .error
        return try await Engine.open(configuration, logger: logger)
    }

    private func loadBusybox() async throws {
        let catalog = try Machine.catalog()
        let image = try catalog.caseImage("busybox", for: CaseIdentity(case: "engine", run: tag))
        let sink = MemorySink(limit: 1 << 28)
        try image.archive(tags: ["busybox:latest"], in: catalog).write(to: sink)
        let bytes = ByteBuffer(bytes: sink.bytes)
        let archive = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
            continuation.yield(bytes)
            continuation.finish()
        }
        try await engine.loadImages(archive) { _ in }
    }

    /// The engine goes as a killed one goes, without a word to the containers, and another opens its root.
    func replaceEngine() async throws {
        try await engine.shutdown()
        engine = try await Self.open(root, tag)
    }

    private func tearDown() async {
        do {
            for container in try await engine.list(Self.all) {
                try await engine.remove(container.id, force: true, volumes: true)
            }
            try await engine.cleanUp()
            try TreeRemover.remove(path: root)
        } catch {
            Issue.record("cannot clean up \(root): \(error)")
        }
    }

    static var all: ContainerListOptions {
        var options = ContainerListOptions()
        options.all = true
        return options
    }

    // MARK: - Containers

    /// A request for a busybox container without a network.
    static func request(
        _ command: String..., name: String? = nil, change: (inout ContainerCreation) -> Void = { _ in }
    ) -> ContainerCreation {
        var configuration = ContainerConfiguration()
        configuration.image = "busybox"
        configuration.command = command
        var request = ContainerCreation(name: name, configuration: configuration)
        request.hostConfiguration.networkMode = "none"
        change(&request)
        return request
    }

    /// Creates and starts.
    func run(_ request: ContainerCreation) async throws -> String {
        let id = try await engine.create(request).id
        try await engine.start(id)
        return id
    }

    /// The exit code, once there is one.
    func exitCode(_ id: String) async throws -> Int32 {
        try await engine.wait(id, until: .notRunning).result().exitCode
    }

    /// The whole log as text.
    func log(_ id: String) async throws -> String {
        var text = ""
        for try await batch in try await engine.logs(id, LogQuery()).reader {
            for entry in batch.entries { text += String(decoding: batch.bytes[entry.text], as: UTF8.self) }
        }
        return text
    }

    /// Everything that a session tells, to its end.
    static func collect(_ session: AttachSession) async throws -> String {
        var bytes: [UInt8] = []
        for try await chunk in session.begin() { bytes += chunk.bytes }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Asserts that something fails so.
func expectFailure(
    _ code: EngineError.Code, _ part: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("nothing failed", sourceLocation: sourceLocation)
    } catch {
        let failure = error as? EngineError
        #expect(failure?.code == code, "\(error)", sourceLocation: sourceLocation)
        #expect(failure?.message.contains(part) ?? false, "\(error)", sourceLocation: sourceLocation)
    }
}
