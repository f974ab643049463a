import FixtureRegistry
import Foundation
import NIOCore
import OCI
import RawJSON
import RegistryClient
import Synchronization
import Testing

@testable import ImageStore

/// Collects an archive in memory.
final class Collected: ByteSink, Sendable {
    private let content = Mutex<[UInt8]>([])
    var bytes: [UInt8] { content.withLock { $0 } }
    func write(_ bytes: UnsafeRawBufferPointer) { content.withLock { $0.append(contentsOf: bytes) } }
    func finish() {}
}

/// Bytes as a request's body brings them.
func body(_ bytes: [UInt8], pieces: Int = 100_000) -> AsyncThrowingStream<ByteBuffer, any Error> {
    AsyncThrowingStream { stream in
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            stream.yield(ByteBuffer(bytes: bytes[start..<min(bytes.count, start + pieces)]))
        }
        stream.finish()
    }
}

@Suite("Archives", .enabled(if: isRoot, "devices, owners and trusted attributes need root")) struct ArchiveTests {
    @Test("what is saved, removed and loaded again is the same image", arguments: [false, true])
    func roundTrip(compressed: Bool) async throws {
        try await withStore { store, registry, scratch in
            let name = "\(registry.address)/case/tiny"
            _ = try await store.pull(name).collected()
            let before = try await store.image(name)
            let trees = try before.layers.map { try Tree.describe($0.directory) }
            let saved = Collected()
            try await store.save([name], to: saved)
            var bytes = saved.bytes
            try await store.remove(name)
            #expect(try scratch.leftovers().isEmpty)
            if compressed {
                let memory = MemorySink(limit: Int.max)
                let gzip = try GzipSink(next: memory)
                try gzip.write(bytes)
                try gzip.finish()
                bytes = memory.bytes
            }
            let events = Mutex<[LoadEvent]>([])
            try await store.load(body(bytes)) { event in events.withLock { $0.append(event) } }
            #expect(events.withLock { $0 }.last == .loaded(name: "\(name):latest"))
            let after = try await store.image(name)
            #expect(after.id == before.id)
            #expect(after.configurationBytes == before.configurationBytes)
            #expect(after.layers == before.layers)
            // Folders that no entry made have the time of their making.
            let again = try after.layers.map { try Tree.describe($0.directory) }
            for (left, right) in zip(trees, again) { #expect(left.keys == right.keys) }
        }
    }

    @Test("an archive names its files by their digests, for docker and for OCI tools")
    func shape() async throws {
        try await withStore { store, registry, _ in
            let name = "\(registry.address)/case/tiny"
            _ = try await store.pull(name).collected()
            let saved = Collected()
            try await store.save([name], to: saved)
            let archive = try TarArchive(parsing: saved.bytes)
            for member in archive.members where member.entry.path.hasPrefix("blobs/sha256/") && !member.content.isEmpty
            {
                #expect(member.entry.path == "blobs/sha256/\(Digest.sha256(of: member.content).hexadecimal)")
            }
            let manifest = try JSONValue.parse(try #require(archive["manifest.json"]).content)
            #expect(manifest[0]?["RepoTags"]?[0]?.string == "\(name):latest")
            #expect(manifest[0]?["Layers"]?.array?.count == 2)
            let index = try JSONValue.parse(try #require(archive["index.json"]).content)
            #expect(index["manifests"]?[0]?["annotations"]?["org.opencontainers.image.ref.name"]?.string == "latest")
            #expect(archive["oci-layout"] != nil)
        }
    }

    @Test("an OCI layout without docker's manifest loads too")
    func layout() async throws {
        try await withStore { store, registry, _ in
            let name = "\(registry.address)/case/tiny"
            _ = try await store.pull(name).collected()
            let id = try await store.image(name).id
            let saved = Collected()
            try await store.save([name], to: saved)
            try await store.remove(name)
            var archive = try TarArchive(parsing: saved.bytes)
            archive.members.removeAll { $0.entry.path == "manifest.json" }
            try await store.load(body(try archive.bytes())) { _ in }
            #expect(try await store.image(name).id == id)
        }
    }

    @Test(
        "a damaged archive is refused and leaves nothing",
        arguments: ["empty", "no-manifest", "layer", "config", "cut", "missing-layer"])
    func damaged(how: String) async throws {
        try await withStore { store, registry, scratch in
            let name = "\(registry.address)/case/tiny"
            _ = try await store.pull(name).collected()
            let saved = Collected()
            try await store.save([name], to: saved)
            try await store.remove(name)
            let before = try scratch.leftovers()
            var archive = try TarArchive(parsing: saved.bytes)
            let manifest = try JSONValue.parse(try #require(archive["manifest.json"]).content)
            let layer = try #require(manifest[0]?["Layers"]?[1]?.string)
            switch how {
            case "empty": archive.members = []
            case "no-manifest": archive.members.removeAll { ["manifest.json", "index.json"].contains($0.entry.path) }
            case "layer":
                let index = try #require(archive.members.firstIndex { $0.entry.path == layer })
                archive.members[index].content[600] ^= 1
            case "config":
                let config = try #require(manifest[0]?["Config"]?.string)
                let index = try #require(archive.members.firstIndex { $0.entry.path == config })
                archive.members[index].content[0] = 0x20
            case "missing-layer": archive.members.removeAll { $0.entry.path == layer }
            default: break
            }
            var bytes = try archive.bytes()
            if how == "cut" { bytes = Array(bytes[..<(bytes.count / 2)]) }
            let error = await #expect(throws: ImageStoreError.self) { try await store.load(body(bytes)) { _ in } }
            #expect(error?.code == .corrupt, "\(error?.message ?? "")")
            #expect(try scratch.leftovers() == before)
        }
    }

    @Test("a tarball becomes an image of one layer")
    func importing() async throws {
        try await withStore { store, _, scratch in
            let tar = try Unpacking.tar { writer throws(OCIError) in
                try writer.add(TarEntry(path: "etc/os-release"), content: Array("ID=test\n".utf8))
            }
            let id = try await store.importImage(
                body(tar, pieces: 100), name: "made:1", message: "Imported from -", created: "2024-01-01T00:00:00Z")
            let image = try await store.image("made:1")
            #expect(image.id == id)
            #expect(image.layers.count == 1)
            #expect(try await store.history("made:1").map(\.comment) == ["Imported from -"])
            #expect(try Tree.describe(image.lowerDirectories[0])["etc/os-release"]?.contains("size 8") == true)
            await #expect(throws: ImageStoreError.self) {
                try await store.importImage(
                    body(Array("no tar".utf8) + [UInt8](repeating: 7, count: 600)), name: nil, message: "", created: "")
            }
            #expect(try scratch.leftovers().contains { $0.hasPrefix("tmp/") } == false)
        }
    }
}
