import DockerAPI
import DockerClient
import Foundation
import OCI
import RawJSON
import Testing

/// The toolchain's compiler.
private enum Clang {
    static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/clang" }.first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// Goal: names of users are looked up in the image's files, and nothing of the image is loaded into a process of ours
/// (CVE-2019-14271). Method: an image whose name service libraries, wherever one could be looked for, make a file when they
/// are loaded.
@Suite(
    .serialized, .enabled(if: Machine.isRoot, Machine.why),
    .enabled(if: RuntimeDaemon.busybox != nil, "the host has no static busybox to put into the image"),
    .enabled(if: Clang.path != nil, "there is no clang to compile a library with"),
    .timeLimit(.minutes(3)))
struct NameServiceTests {
    private static let source = """
        #include <fcntl.h>
        __attribute__((constructor)) static void loaded(void) { open("canary", O_CREAT | O_WRONLY, 0644); }
        """

    @Test func librariesOfTheImageAreNotLoaded() async throws {
        try await RuntimeDaemon.with { daemon in
            let library = try Self.library(in: daemon.folder)
            try Self.makesAFileWhereItIsLoaded(library, in: daemon.folder + "/armed")
            try await daemon.importImage("names:1", try Self.members(library))
            let user: JSONObject = ["User": "app:crew"]
            let ended = try await daemon.run(["/bin/busybox", "id"], image: "names:1", more: user)
            #expect(ended.output.hasPrefix("uid=1234(app) gid=4321(crew)"), "\(ended)")
            let id = try await daemon.create(RuntimeDaemon.body(["/bin/probe", "sleep"], image: "names:1"))
            try await daemon.start(id)
            #expect(try await daemon.exec(id, ["/bin/busybox", "id", "-un"], user: "app") == "app\n")
            let archive = try TarArchive(members: [.init(TarEntry(path: "file"), content: [65])]).bytes()
            for path in ["/etc", "/lib"] {
                _ = try await daemon.client.send(
                    EngineRequest(
                        "PUT", "/containers/\(id)/archive", query: [("path", path), ("copyUIDGID", "1")],
                        headers: [("Content-Type", "application/x-tar")], body: .bytes(archive))
                ).checked()
                _ = try await daemon.call("GET", "/containers/\(id)/archive", query: [("path", path)]).checked()
            }
            _ = try await daemon.call("GET", "/containers/\(id)/top").checked()
            let changes = try await daemon.call("GET", "/containers/\(id)/changes").checked().json()
            let names = changes.array?.compactMap { $0["Path"]?.string } ?? []
            #expect(names.contains("/etc/file") && !names.contains { $0.hasSuffix("canary") }, "\(names)")
            #expect(!FileManager.default.fileExists(atPath: "/canary"))
            try await daemon.remove(id)
        }
    }

    private static func library(in folder: String) throws -> [UInt8] {
        let (source, path) = (folder + "/evil.c", folder + "/evil.so")
        try Data(Self.source.utf8).write(to: URL(filePath: source))
        try run(try #require(Clang.path), ["-shared", "-fPIC", "-o", path, source])
        return Array(try Data(contentsOf: URL(filePath: path)))
    }

    /// Without this the test could pass with a library that does nothing.
    private static func makesAFileWhereItIsLoaded(_ library: [UInt8], in folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(library).write(to: URL(filePath: folder + "/evil.so"))
        try run("/bin/true", [], in: folder, environment: ["LD_PRELOAD": folder + "/evil.so"])
        try #require(FileManager.default.fileExists(atPath: folder + "/canary"))
    }

    private static func members(_ library: [UInt8]) throws -> [TarArchive.Member] {
        let folders = ["lib", "lib64", "usr/lib", "usr/lib64", "lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu"]
        let libraries = ["libnss_evil.so.2", "libnss_files.so.2", "libnss_compat.so.2", "libnss_systemd.so.2"]
        let texts = [
            "etc/passwd": "root:x:0:0:root:/:/bin/sh\napp:x:1234:1234:app:/:/bin/sh\n",
            "etc/group": "root:x:0:\ncrew:x:4321:\n",
            "etc/nsswitch.conf": "passwd: evil files\ngroup: evil files\ninitgroups: evil\nhosts: evil\n",
        ]
        return folders.flatMap { folder in
            libraries.map { .init(TarEntry(path: "\(folder)/\($0)", mode: 0o755), content: library) }
        }
            + texts.sorted { $0.key < $1.key }.map {
                .init(TarEntry(path: $0.key, mode: 0o644), content: Array($0.value.utf8))
            }
    }

    private static func run(
        _ program: String, _ arguments: [String], in folder: String = "/", environment: [String: String]? = nil
    ) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder)
        if let environment { process.environment = environment }
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(program) failed")
    }
}
