import FixtureRegistry
import Foundation
import OCI
import RawJSON
import RegistryClient
import TestSupport
import Testing

@testable import ImageStore

/// A process that works on a store is killed at random instants; the store opens again and holds whole images only.
///
/// `DRYDOCK_CRASH_ROUNDS` and `DRYDOCK_CRASH_SEED` make it longer and repeatable.
@Suite("Killed at any instant", .enabled(if: isRoot, "devices, owners and trusted attributes need root"))
struct CrashTests {
    private static let environment = ProcessInfo.processInfo.environment

    /// `store-crasher`, built beside the tests.
    private static var helper: URL {
        let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let candidates = [folder, folder.deletingLastPathComponent(), URL(filePath: ".build/debug")]
        let found = candidates.map { $0.appending(path: "store-crasher") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        return found ?? URL(filePath: "store-crasher")
    }

    @Test("what a killed process leaves is a store of whole images and nothing else")
    func killed() async throws {
        let rounds = Self.environment["DRYDOCK_CRASH_ROUNDS"].flatMap(Int.init) ?? 12
        let seed = Self.environment["DRYDOCK_CRASH_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0..<1 << 40)
        var random = SeededGenerator(seed: seed)
        try await withStore { store, registry, scratch in
            // What each image's layers must look like, from a store that nobody kills.
            for try await _ in store.pull("\(registry.address)/whole/tiny") {}
            let sink = Collected()
            try await store.save(["\(registry.address)/whole/tiny"], to: sink)
            let archive = "\(scratch.path)/archive.tar"
            try File.replace(archive, with: sink.bytes)
            var expected: [Digest: [String: String]] = [:]
            for layer in try await store.image("\(registry.address)/whole/tiny").layers {
                expected[layer.chainID] = try Self.tree(layer.directory)
            }
            var work = 0
            for round in 0..<rounds {
                work += try Self.run(
                    root: "\(scratch.path)/killed", registry.address, archive, seed: seed &+ UInt64(round),
                    pause: .milliseconds(Int.random(in: 5...400, using: &random)))
                try await Self.check("\(scratch.path)/killed", expected, "seed \(seed), round \(round)")
            }
            #expect(work > 0, "seed \(seed): nothing was under way in any round")
        }
    }

    /// Times of whiteouts are the moment they were made.
    private static func tree(_ folder: String) throws -> [String: String] {
        try Tree.describe(folder, times: false)
    }

    /// Runs the helper, kills it after a while, and answers how many operations it had finished.
    private static func run(
        root: String, _ registry: String, _ archive: String, seed: UInt64, pause: Duration
    ) throws -> Int {
        let process = Process(), output = Pipe()
        process.executableURL = helper
        process.arguments = [root, registry, archive, "\(seed)"]
        process.standardOutput = output
        try process.run()
        // The first operation is awaited, so that slow starts do not make idle rounds; the instant is random after it.
        var text = output.fileHandleForReading.availableData
        let killer = DispatchQueue(label: "killer")
        killer.asyncAfter(deadline: .now() + .milliseconds(Int(pause.components.attoseconds / 1_000_000_000_000_000))) {
            kill(process.processIdentifier, SIGKILL)
        }
        text += output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal, "store-crasher ended by itself: seed \(seed)")
        return text.split(separator: UInt8(ascii: "\n")).count
    }

    private static func check(_ root: String, _ expected: [Digest: [String: String]], _ note: String) async throws {
        let client = RegistryClient()
        let store = try await ImageStore.open(ImageStoreConfiguration(root: root), registry: client) { [] }
        let images = await store.list()
        var chains: Set<String> = []
        var blobs: Set<String> = []
        for image in images {
            #expect(image.layers.count == image.configuration.diffIDs.count, "\(note)")
            blobs.insert(image.id.hexadecimal)
            for layer in image.layers {
                chains.insert(layer.chainID.hexadecimal)
                #expect(try Self.tree(layer.directory) == expected[layer.chainID], "\(note): layer \(layer.chainID)")
            }
            // What can be saved has all its blobs.
            let sink = Collected()
            try await store.save([image.id.description], to: sink)
            #expect(try TarArchive(parsing: sink.bytes)["manifest.json"] != nil, "\(note)")
        }
        for (name, id) in await store.references() {
            #expect(images.contains { $0.id == id }, "\(note): \(name) dangles")
        }
        let manager = FileManager.default
        #expect(try manager.contentsOfDirectory(atPath: "\(root)/tmp") == [], "\(note)")
        #expect(Set(try manager.contentsOfDirectory(atPath: "\(root)/layers")) == chains, "\(note)")
        let records = try manager.contentsOfDirectory(atPath: "\(root)/images").map { $0.dropLast(5) }
        #expect(Set(records.map(String.init)) == blobs, "\(note)")
        let content = Set(try manager.contentsOfDirectory(atPath: "\(root)/content/sha256"))
        #expect(
            images.isEmpty ? content.isEmpty : content.isSuperset(of: blobs), "\(note): \(content.count) blobs left")
        try await store.shutdown()
        try await client.shutdown()
    }
}
