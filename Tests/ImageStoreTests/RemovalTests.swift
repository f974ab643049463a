import FixtureRegistry
import OCI
import RegistryClient
import Synchronization
import Testing

@testable import ImageStore

@Suite("Names and removal", .enabled(if: isRoot, "devices, owners and trusted attributes need root"))
struct RemovalTests {
    /// Containers that a test invents.
    final class Containers: Sendable {
        let uses = Mutex<[ContainerUse]>([])
        func set(_ list: [ContainerUse]) { uses.withLock { $0 = list } }
    }

    private func withImage(
        _ body: (ImageStore, Image, String, Containers, Scratch) async throws -> Void
    ) async throws {
        let containers = Containers()
        try await withStore(containers: { containers.uses.withLock { $0 } }) { store, registry, scratch in
            let name = "\(registry.address)/case/tiny"
            _ = try await store.pull(name).collected()
            try await body(store, try await store.image(name), name, containers, scratch)
        }
    }

    private func message(_ work: () async throws -> Void) async -> String {
        do {
            try await work()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test("an image is found by name, digest, ID and the start of its ID")
    func lookUp() async throws {
        try await withImage { store, image, name, _, _ in
            try await store.tag(name, as: "mine")
            for text in [
                name, "\(name):latest", image.digests[0], image.id.description, image.id.hexadecimal,
                String(image.id.hexadecimal.prefix(12)), "sha256:\(image.id.hexadecimal.prefix(12))", "mine",
                "mine:latest",
                "docker.io/library/mine",
            ] {
                #expect(try await store.image(text).id == image.id, "\(text)")
            }
            #expect(await message { _ = try await store.image("nosuch") } == "No such image: nosuch:latest")
            #expect(await message { _ = try await store.image("a b") } == "invalid reference format")
            #expect(
                await message { _ = try await store.image(String(repeating: "0", count: 64)) }.hasPrefix(
                    "No such image: 0"))
        }
    }

    @Test("the last name takes the image with it, and everything of it is gone")
    func untagThenDelete() async throws {
        try await withImage { store, image, name, _, scratch in
            try await store.tag(name, as: "mine:1")
            let first = try await store.remove("mine:1")
            #expect(first == [.untagged("mine:1", image: image.id)])
            let second = try await store.remove(name)
            #expect(
                second == [
                    .untagged("\(name):latest", image: image.id), .untagged(image.digests[0], image: image.id),
                    .deletedImage(image.id), .deletedLayer(image.layers[1].chainID, size: 4),
                    .deletedLayer(image.layers[0].chainID, size: image.layers[0].size),
                ])
            #expect(try scratch.leftovers().isEmpty)
        }
    }

    @Test("conflicts are told in docker's words")
    func conflicts() async throws {
        try await withImage { store, image, name, containers, _ in
            let short = image.id.hexadecimal.prefix(12)
            let id = String(repeating: "ab", count: 32)
            containers.set([ContainerUse(containerID: id, image: image.id, topLayer: image.topLayer, isRunning: false)])
            #expect(
                await message { try await store.remove(name) }
                    == "conflict: unable to remove repository reference \"\(name)\" (must force) - container abababababab "
                    + "is using its referenced image \(short)")
            #expect(
                await message { try await store.remove(String(short)) }
                    == "conflict: unable to delete \(short) (must be forced) - image is being used by stopped container "
                    + "abababababab")
            containers.set([ContainerUse(containerID: id, image: image.id, topLayer: image.topLayer, isRunning: true)])
            #expect(
                await message { try await store.remove(String(short), force: true) }
                    == "conflict: unable to delete \(short) (cannot be forced) - image is being used by running container "
                    + "abababababab")
            containers.set([])
            try await store.tag(name, as: "other")
            #expect(
                await message { try await store.remove(String(short)) }
                    == "conflict: unable to delete \(short) (must be forced) - image is referenced in multiple repositories"
            )
            try await store.remove(String(short), force: true)
            #expect(await store.list().isEmpty)
        }
    }

    @Test("layers stay as long as a container stands on them, though the image was forced away")
    func containersHoldLayers() async throws {
        try await withImage { store, image, name, containers, scratch in
            containers.set([
                ContainerUse(containerID: "c", image: image.id, topLayer: image.topLayer, isRunning: false)
            ])
            let records = try await store.remove(name, force: true)
            #expect(records.contains(.deletedImage(image.id)))
            #expect(!records.contains { if case .deletedLayer = $0 { true } else { false } })
            #expect(try Tree.describe(image.lowerDirectories[0])["var/cache/new"] != nil)
            containers.set([])
            try await store.collect()
            #expect(try scratch.leftovers().isEmpty)
        }
    }

    @Test("prune takes what nothing names, or with all what nothing uses")
    func prune() async throws {
        try await withImage { store, image, name, containers, _ in
            try await store.tag(name, as: "kept")
            #expect(try await store.prune(PruneFilter()).removed.isEmpty)
            #expect(
                try await store.prune(PruneFilter(danglingOnly: false, createdBefore: "2024-01-01T00:00:00Z")).removed
                    .isEmpty)
            #expect(try await store.prune(PruneFilter(danglingOnly: false) { _ in false }).removed.isEmpty)
            containers.set([ContainerUse(containerID: "c", image: image.id, topLayer: image.topLayer, isRunning: true)])
            _ = try await store.prune(PruneFilter(danglingOnly: false))
            #expect(await store.list().count == 1)
            containers.set([])
            let (removed, reclaimed) = try await store.prune(PruneFilter(danglingOnly: false))
            #expect(removed.contains(.deletedImage(image.id)))
            #expect(reclaimed == image.size)
        }
    }

    @Test("two images share their layers, which count once")
    func sharedSizes() async throws {
        try await withStore { store, registry, _ in
            _ = try await store.pull("\(registry.address)/one/tiny").collected()
            _ = try await store.pull("\(registry.address)/two/tiny").collected()
            let images = await store.list()
            #expect(images.count == 2)
            let usage = await store.usage()
            #expect(usage.layersSize == images[0].size)
            #expect(usage.sharedSizes[images[0].id] == images[0].size)
            #expect(usage.reclaimable == usage.layersSize)
            #expect(
                try await store.history(images[0].id.description).map(\.createdBy) == [
                    "ADD upper", "ENV PATH=/bin", "ADD lower",
                ])
        }
    }
}
