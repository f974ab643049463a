import Engine
import Foundation
import ImageStore
import NIOCore
import NIOPosix
import OCI
import Synchronization
import Testing

/// Goal: files go into a container and out of it as docker carries them, and no path, link or entry leads out of its
/// root. Method: an overlay of the test's own; the host's files beside it must stay as they are.
@Suite(.enabled(if: getuid() == 0, "overlay mounts need root")) struct ContainerArchiveTests {
    private let folder: URL
    private let threads = NIOThreadPool.singleton

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("drydock-cp-\(UUID().uuidString)")
        for name in ["place", "upper", "work", "lower/etc", "lower/data", "lower2", "volume", "outside"] {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        try "canary".write(to: folder.appendingPathComponent("outside/canary"), atomically: false, encoding: .utf8)
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: path(name), atomically: false, encoding: .utf8)
    }

    private func link(_ target: String, _ name: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: target)
    }

    private var archive: ContainerArchive {
        ContainerArchive(
            of: .stopped(
                layers: .init(
                    place: path("place"), upper: path("upper"), work: path("work"),
                    lowers: [path("lower"), path("lower2")]),
                volumes: [.init(source: path("volume"), destination: "/data/deep/volume")]),
            container: "web", threads: threads)
    }

    private func cleanUp() throws { try FileManager.default.removeItem(at: folder) }

    private func read(_ path: String) async throws -> (status: PathStatus, archive: TarArchive) {
        let sink = Collector()
        let status = Mutex<PathStatus?>(nil)
        try await archive.read(path, to: sink) { found in status.withLock { $0 = found } }
        return (try #require(status.withLock { $0 }), try TarArchive(parsing: sink.bytes))
    }

    private func put(
        _ members: [TarArchive.Member], into path: String, options: ArchiveUnpacker.Options = .init()
    ) async throws {
        let bytes = try TarArchive(members: members).bytes()
        // In small pieces, as a network brings them.
        let pieces = stride(from: 0, to: bytes.count, by: 700).map {
            ByteBuffer(bytes: bytes[$0..<min($0 + 700, bytes.count)])
        }
        let stream = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
            for piece in pieces { continuation.yield(piece) }
            continuation.finish()
        }
        try await archive.write(stream, into: path, options: options) { _ in }
    }

    private final class Collector: ByteSink, Sendable {
        private let content = Mutex<[UInt8]>([])
        var bytes: [UInt8] { content.withLock { $0 } }
        func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
            let copy = Array(bytes)
            content.withLock { $0 += copy }
        }
        func finish() throws(OCIError) {}
    }

    @Test func aFolderComesWithItsNameOrWithoutIt() async throws {
        try write("a\n", "lower/etc/a")
        try link("a", "lower/etc/near")
        let whole = try await read("/etc")
        #expect(whole.archive.members.map(\.entry.path) == ["etc/", "etc/a", "etc/near"])
        #expect(whole.archive["etc/a"]?.content == Array("a\n".utf8))
        #expect(whole.status.name == "etc")
        let content = try await read("etc/.")
        #expect(content.archive.members.map(\.entry.path) == ["./", "./a", "./near"])
        let file = try await read("/etc/a")
        #expect(file.archive.members.map(\.entry.path) == ["a"])
        #expect(file.status.size == 2)
        try cleanUp()
    }

    @Test func aLinkIsItselfAtTheEndAndFollowedOnTheWay() async throws {
        try write("a\n", "lower/etc/a")
        try link("/etc", "lower/far")
        try link("../../../../outside/canary", "lower/etc/up")
        let link = try await read("/far")
        #expect(link.status.linkTarget == "/etc")
        #expect(link.archive.members.first?.entry.kind == .symbolicLink(target: "/etc"))
        #expect(try await read("/far/a").archive["a"]?.content == Array("a\n".utf8))
        #expect(try await read("/far/").archive.members.map(\.entry.path).contains("far/a"))
        #expect(try await archive.status(of: "/etc/up").linkTarget == "/outside/canary")
        try cleanUp()
    }

    @Test func whatIsNotThereIsNotFound() async throws {
        let error = await #expect(throws: EngineError.self) { try await archive.status(of: "/no/such") }
        #expect(error == EngineError(.notFound, "Could not find the file /no/such in container web"))
        try cleanUp()
    }

    @Test func aVolumeIsSeenThoughNothingRuns() async throws {
        try write("kept", "volume/file")
        #expect(try await read("/data/deep/volume/file").archive["file"]?.content == Array("kept".utf8))
        try await put([.init(TarEntry(path: "new"), content: Array("brought".utf8))], into: "/data/deep/volume")
        #expect(try String(contentsOfFile: path("volume/new"), encoding: .utf8) == "brought")
        #expect(try FileManager.default.contentsOfDirectory(atPath: path("place")) == [], "no mount stays")
        try cleanUp()
    }

    @Test func exportLeavesVolumesOut() async throws {
        try write("kept", "volume/file")
        let sink = Collector()
        try await archive.export(to: sink)
        let names = try TarArchive(parsing: sink.bytes).members.map(\.entry.path)
        #expect(names.contains("etc/"))
        #expect(!names.contains { $0.hasSuffix("file") })
        try cleanUp()
    }

    @Test func entriesAreWrittenBeneathTheFolder() async throws {
        var entry = TarEntry(path: "sub/", kind: .directory, mode: 0o750, uid: 7, gid: 8, modificationTime: 99)
        let members: [TarArchive.Member] = [
            .init(entry), .init(TarEntry(path: "sub/.wh.plain", mode: 0o640), content: [1, 2, 3]),
            .init(TarEntry(path: "sub/hard", kind: .hardLink(target: "sub/.wh.plain"))),
        ]
        try await put(members, into: "/etc")
        let back = try await read("/etc/sub")
        #expect(back.archive.members.map(\.entry.path) == ["sub/", "sub/.wh.plain", "sub/hard"])
        entry = try #require(back.archive.members.first?.entry)
        #expect(entry.mode == 0o750 && entry.uid == 7 && entry.gid == 8 && entry.modificationTime == 99)
        #expect(back.archive["sub/hard"]?.entry.kind == .hardLink(target: "sub/.wh.plain"))
        var options = ArchiveUnpacker.Options()
        options.owner = .init(uid: 1000, gid: 1001)
        try await put([.init(TarEntry(path: "owned", uid: 1, gid: 1))], into: "/etc", options: options)
        #expect(try await read("/etc/owned").archive["owned"]?.entry.uid == 1000)
        try cleanUp()
    }

    @Test(arguments: ["../escaped", "sub/../../escaped"]) func entriesAboveTheFolderAreRefused(name: String)
        async throws
    {
        await #expect(throws: EngineError.self) { try await put([.init(TarEntry(path: name))], into: "/etc") }
        await #expect(throws: EngineError.self) { try await archive.status(of: "/escaped") }
        try cleanUp()
    }

    @Test func noLinkLeadsOutOfTheRoot() async throws {
        try link(path("outside"), "lower/etc/absolute")
        try link("../../../../../../../../../..\(path("outside"))", "lower/etc/relative")
        for name in ["absolute", "relative"] {
            await #expect(throws: EngineError.self) { try await read("/etc/\(name)/canary") }
            let hostile: [TarArchive.Member] = [.init(TarEntry(path: "canary"), content: Array("overwritten".utf8))]
            await #expect(throws: EngineError.self) { try await put(hostile, into: "/etc/\(name)") }
            // The archive's own link, written first, is not written through either.
            let through: [TarArchive.Member] = [
                .init(TarEntry(path: "made-\(name)", kind: .symbolicLink(target: path("outside")))),
                .init(TarEntry(path: "made-\(name)/canary"), content: Array("overwritten".utf8)),
            ]
            _ = try? await put(through, into: "/etc")
        }
        #expect(try String(contentsOfFile: path("outside/canary"), encoding: .utf8) == "canary")
        try cleanUp()
    }

    @Test func kindsAreKeptOnRequest() async throws {
        try write("file", "lower/etc/file")
        var options = ArchiveUnpacker.Options()
        options.keepsKinds = true
        let folder = TarEntry(path: "file/", kind: .directory)
        await #expect(throws: EngineError.self) { try await put([.init(folder)], into: "/etc", options: options) }
        let file = TarEntry(path: "data")
        await #expect(throws: EngineError.self) { try await put([.init(file)], into: "/", options: options) }
        #expect(try await read("/etc/file").archive["file"]?.content == Array("file".utf8))
        try cleanUp()
    }

    /// What a container sets a file's time to must not take the daemon along.
    @Test(arguments: [4_000_000_000, 9_400_000_000, -2_000_000_000]) func anyTimeOfAFileIsTold(seconds: Int)
        async throws
    {
        try write("old", "lower/etc/file")
        let times = Array(repeating: timespec(tv_sec: seconds, tv_nsec: 5), count: 2)
        #expect(utimensat(AT_FDCWD, path("lower/etc/file"), times, 0) == 0)
        let read = try await read("/etc/file")
        #expect(read.status.modified.seconds == Int64(seconds))
        #expect(read.archive["file"]?.entry.modificationTime == Int64(seconds))
        try cleanUp()
    }

    @Test func aFileIsNoPlaceToUnpack() async throws {
        try write("file", "lower/etc/file")
        let error = await #expect(throws: EngineError.self) { try await put([], into: "/etc/file") }
        #expect(error?.code == .invalidArgument)
        try cleanUp()
    }

    @Test func changesTellAddedModifiedAndDeleted() async throws {
        try write("old", "lower/etc/old")
        try write("gone", "lower2/gone")
        try await put([.init(TarEntry(path: "new"), content: [1])], into: "/etc")
        try await put([.init(TarEntry(path: "old"), content: [1])], into: "/etc")
        #expect(mknod(path("upper/gone"), S_IFCHR | 0o600, 0) == 0)
        let changes = try UpperLayer.changes(of: path("upper"), over: [path("lower"), path("lower2")])
        // The volume's place was made for the mount.
        let expected: [(String, FileChange.Kind)] = [
            ("/data", .modified), ("/data/deep", .added), ("/data/deep/volume", .added), ("/etc", .modified),
            ("/etc/new", .added), ("/etc/old", .modified), ("/gone", .deleted),
        ]
        #expect(changes.map(\.path) == expected.map(\.0))
        #expect(changes.map(\.kind) == expected.map(\.1))
        #expect(try UpperLayer.size(of: path("upper")) == 2)
        try cleanUp()
    }
}
