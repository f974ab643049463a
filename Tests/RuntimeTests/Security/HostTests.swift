import DockerAPI
import DockerClient
import Foundation
import OCI
import RawJSON
import Testing

/// Goal: neither an image, nor a container, nor whoever else is on the host, gets at the host's files and sockets.
@Suite(.serialized, .enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(3)))
struct HostTests {
    /// What stands where the kernel's file systems are mounted must not lead out of the image.
    @Test(arguments: ["dev", "proc", "sys"]) func imagesWithLinksForMountPointsHarmNothing(name: String) async throws {
        try await RuntimeDaemon.with { daemon in
            let trap = daemon.folder + "/trap"
            try FileManager.default.createDirectory(atPath: trap, withIntermediateDirectories: true)
            let up = String(repeating: "../", count: 20)
            try await daemon.importImage(
                "trap-\(name):1",
                [.init(TarEntry(path: name, kind: .symbolicLink(target: up + trap.dropFirst()), mode: 0o777))])
            let id = try await daemon.create(RuntimeDaemon.body(["/bin/probe", "true"], image: "trap-\(name):1"))
            // Refused or harmless: both are right.
            _ = try await daemon.call("POST", "/containers/\(id)/start")
            #expect(try FileManager.default.contentsOfDirectory(atPath: trap) == [])
            let mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
            #expect(!mounts.contains(trap))
            try await daemon.remove(id)
        }
    }

    @Test func dataRootIsClosedToOthers() async throws {
        try await RuntimeDaemon.with { daemon in
            _ = try await daemon.create(RuntimeDaemon.body(["/bin/probe", "true"]))
            let expected = [
                "": 0o710, "/containers": 0o710, "/images/layers": 0o700, "/images/content": 0o700, "/network": 0o700,
            ]
            for (path, mode) in expected {
                #expect(try Self.mode(daemon.root + path) == mode, "\(path)")
            }
            #expect(try Self.mode(daemon.socket) == 0o660)
            for path in try FileManager.default.contentsOfDirectory(atPath: daemon.root + "/containers") {
                #expect(try Self.mode("\(daemon.root)/containers/\(path)") & 0o007 == 0, "\(path)")
            }
        }
    }

    @Test func aDataRootThatWasOpenIsClosed() throws {
        let daemon = try RuntimeDaemon()
        for path in ["", "/containers"] {
            try FileManager.default.createDirectory(
                atPath: daemon.root + path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        }
        try daemon.start()
        for path in ["", "/containers"] { #expect(try Self.mode(daemon.root + path) == 0o710, "\(path)") }
        daemon.end()
    }

    private static func mode(_ path: String) throws -> Int {
        var status = stat()
        try #require(stat(path, &status) == 0, "there is no \(path)")
        return Int(status.st_mode & 0o7777)
    }

    /// CVE-2020-15257: an abstract socket would be reachable from a container in the host's network namespace.
    @Test func monitorsListenOnNoSocketThatAContainerCouldReach() async throws {
        try await RuntimeDaemon.with { daemon in
            let id = try await daemon.create(
                RuntimeDaemon.body(["/bin/probe", "sleep"], host: ["NetworkMode": "host"]))
            try await daemon.start(id)
            let unix = try await daemon.run(
                ["/bin/probe", "cat", "/proc/self/net/unix"], host: ["NetworkMode": "host"]
            ).output
            #expect(unix.contains("Inode"), "it sees the host's sockets")
            #expect(!unix.split(separator: "\n").contains { $0.contains(" @") && $0.contains("drydock") })
            let sockets = try FileManager.default.subpathsOfDirectory(atPath: daemon.root).filter {
                var status = stat()
                return lstat("\(daemon.root)/\($0)", &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
            }
            #expect(!sockets.isEmpty, "a running container has a monitor that listens")
            for socket in sockets { #expect(try Self.mode("\(daemon.root)/\(socket)") == 0o600, "\(socket)") }
            try await daemon.remove(id)
        }
    }

    @Test(arguments: [
        ["--host", "tcp://127.0.0.1:19999"], ["--host", "tcp://0.0.0.0:19999", "--insecure-tcp"],
        ["--host", "tcp://0.0.0.0:19999"],
    ])
    func tcpWithoutTLSIsRefused(arguments: [String]) throws {
        let daemon = try RuntimeDaemon(extra: arguments)
        #expect(throws: RuntimeDaemon.Fault.self) { try daemon.start() }
        #expect(daemon.lastWords.contains("tls") || daemon.lastWords.contains("TLS"), "\(daemon.lastWords)")
        daemon.end()
    }

    @Test func foreignHostsAndOriginsAreRefusedOverTCP() async throws {
        let port = UInt16.random(in: 20000..<30000)
        try await RuntimeDaemon.with(extra: ["--host", "tcp://127.0.0.1:\(port)", "--insecure-tcp"]) { daemon in
            let client = daemon.client.connecting(to: try EndpointURL(parsing: "tcp://127.0.0.1:\(port)"))
            let own = ("Host", "127.0.0.1:\(port)")
            let cases: [([(name: String, value: String)], Int)] = [
                ([own], 200), ([("Host", "evil.example")], 403), ([own, ("Origin", "http://evil.example")], 403),
            ]
            for (headers, status) in cases {
                let answer = try await client.send(.exactly("GET", target: "/_ping", headers: headers))
                #expect(answer.status == status, "\(headers)")
            }
        }
    }
}
