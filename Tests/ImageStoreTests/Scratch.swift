import CLinux
import FixtureImages
import FixtureRegistry
import Foundation
import OCI
import RegistryClient
import Testing

@testable import ImageStore

/// A folder of its own for one test, gone afterwards.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "drydock-images-\(UUID().uuidString)"
        try File.makeFolder(path)
    }

    deinit {
        do { try TreeRemover.remove(path: path) } catch { Issue.record("cannot remove \(path): \(error)") }
    }

    func open(containers: @escaping @Sendable () async -> [ContainerUse] = { [] }, registry: RegistryClient)
        async throws -> ImageStore
    {
        try await ImageStore.open(
            ImageStoreConfiguration(root: "\(path)/store"), registry: registry, containers: containers)
    }

    /// Everything under the store but empty folders of its own, sorted.
    func leftovers() throws -> [String] {
        try Tree.describe("\(path)/store").keys.filter { name in
            !["", "content", "content/sha256", "content/sha512", "layers", "images", "tmp", "references.json"].contains(
                name)
        }.sorted()
    }
}

/// Runs a test body with a store that pulls from a fixture registry with one small image, `tiny`.
func withStore(
    containers: @escaping @Sendable () async -> [ContainerUse] = { [] },
    _ body: (ImageStore, FixtureRegistry, Scratch) async throws -> Void
) async throws {
    let scratch = try Scratch()
    let fixtures = try await FixtureRegistry.start(
        FixtureRegistry.Configuration(catalog: try TinyImage.catalog(in: "\(scratch.path)/fixtures"), run: "test"))
    var configuration = RegistryConfiguration()
    configuration.firstPause = .milliseconds(1)
    configuration.longestPause = .milliseconds(20)
    let client = RegistryClient(configuration: configuration)
    let store = try await scratch.open(containers: containers, registry: client)
    do {
        try await body(store, fixtures, scratch)
    } catch {
        Issue.record(error)
    }
    try await store.shutdown()
    try await client.shutdown()
    await fixtures.shutdown()
}

/// An image of two layers; the second hides a file and a folder's content of the first.
enum TinyImage {
    static func catalog(in folder: String) throws -> FixtureCatalog {
        let layout = try ImageLayout(creating: folder)
        let lower = try layout.storeLayer { writer throws(OCIError) in
            try writer.add(TarEntry(path: "etc/", kind: .directory, mode: 0o755, modificationTime: 1_500_000_000))
            try writer.add(TarEntry(path: "etc/hidden"), content: Array("hidden\n".utf8))
            try writer.add(TarEntry(path: "etc/motd", uid: 7, gid: 8), content: Array("welcome\n".utf8))
            try writer.add(TarEntry(path: "var/cache/old"), content: [UInt8](repeating: 1, count: 100_000))
            try writer.add(TarEntry(path: "bin/tool", mode: 0o4755), content: Array("#!tool\n".utf8))
            try writer.add(TarEntry(path: "bin/link", kind: .symbolicLink(target: "tool"), mode: 0o777))
            try writer.add(TarEntry(path: "bin/hard", kind: .hardLink(target: "bin/tool"), mode: 0o4755))
        }
        let upper = try layout.storeLayer { writer throws(OCIError) in
            try writer.add(TarEntry(path: "etc/.wh.hidden"))
            try writer.add(TarEntry(path: "var/cache/", kind: .directory, mode: 0o755))
            try writer.add(TarEntry(path: "var/cache/.wh..wh..opq"))
            try writer.add(TarEntry(path: "var/cache/new"), content: Array("new\n".utf8))
        }
        var execution = ImageConfiguration.Execution()
        execution.command = ["/bin/tool"]
        execution.environment = ["PATH=/bin"]
        let configuration = ImageConfiguration(
            platform: .host, created: "2024-05-01T12:00:00Z", execution: execution,
            diffIDs: [lower.diffID, upper.diffID],
            history: [
                .init(created: "2024-05-01T12:00:00Z", createdBy: "ADD lower"),
                .init(created: "2024-05-01T12:00:00Z", createdBy: "ENV PATH=/bin", isEmptyLayer: true),
                .init(created: "2024-05-01T12:00:00Z", createdBy: "ADD upper"),
            ])
        let config = try layout.store(configuration.bytes, mediaType: .imageConfiguration)
        let manifest = ImageManifest(config: config, layers: [lower.descriptor, upper.descriptor])
        var descriptor = try layout.store(manifest.document.bytes, mediaType: .imageManifest)
        descriptor.annotations = [Annotation(Annotation.referenceName, "tiny:latest")]
        try layout.write(ImageIndex(manifests: [descriptor]))
        return try FixtureCatalog(layout)
    }
}

/// A folder's content as text, one line for each path: what must be equal for two trees to be the same.
enum Tree {
    /// What overlayfs notes in an upper layer for itself while it is mounted (Documentation/filesystems/overlayfs.rst); a
    /// committed container's layer still has them. `trusted.overlay.opaque` is content and not among them.
    private static let bookkeeping: Set<String> = [
        "trusted.overlay.origin", "trusted.overlay.impure", "trusted.overlay.nlink", "trusted.overlay.uuid",
    ]

    static func describe(_ root: String, times: Bool = true) throws -> [String: String] {
        var result: [String: String] = [:]
        var pending = [""]
        while let path = pending.popLast() {
            let full = path.isEmpty ? root : "\(root)/\(path)"
            let slash = full.lastIndex(of: "/") ?? full.startIndex
            let parent = try FileDescriptor.directory(String(full[..<slash]))
            let name = String(full[full.index(after: slash)...])
            var status = clinux_stat()
            try SystemCall.check(clinux_fstatat(parent.number, name, 0, &status), "look at \(full)")
            let type = status.mode & CLINUX_S_IFMT
            var line = "\(String(status.mode, radix: 8)) \(status.uid):\(status.gid)"
            if times { line += " \(status.modified_seconds).\(status.modified_nanoseconds)" }
            switch type {
            case CLINUX_S_IFDIR:
                for child in try TreeRemover.names(in: FileDescriptor.directory(full)) {
                    let name = String(decoding: child, as: UTF8.self)
                    pending.append(path.isEmpty ? name : "\(path)/\(name)")
                }
            case CLINUX_S_IFLNK:
                line += " -> " + (try FileManager.default.destinationOfSymbolicLink(atPath: full))
            case CLINUX_S_IFREG:
                line += " links \(status.links) size \(status.size)"
                let sink = DigestSink()
                try File(reading: full).copy(to: sink)
                line += " \(sink.digest)"
            default: line += " device \(status.device_major):\(status.device_minor)"
            }
            for (name, value) in try attributes(parent, name) { line += " \(name)=\(value)" }
            result[path] = line
        }
        return result
    }

    private static func attributes(_ parent: FileDescriptor, _ name: String) throws -> [(String, String)] {
        var names = [CChar](repeating: 0, count: 1 << 16)
        let length = clinux_llistxattrat(parent.number, name, &names, names.count)
        guard length > 0 else { return [] }
        let list = names.prefix(Int(length)).split(separator: 0).map {
            String(decoding: $0.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        return list.filter { !bookkeeping.contains($0) }.sorted().map { attribute in
            var value = [UInt8](repeating: 0, count: 1 << 16)
            let size = clinux_lgetxattrat(parent.number, name, attribute, &value, value.count)
            return (attribute, value.prefix(max(0, Int(size))).map { String($0, radix: 16) }.joined(separator: " "))
        }
    }
}

extension AsyncSequence {
    func collected() async throws -> [Element] {
        var list: [Element] = []
        for try await element in self { list.append(element) }
        return list
    }
}

/// Whether this process may make what layers hold.
let isRoot = geteuid() == 0
