import DockerAPI
import DockerClient
import Foundation
import OCI
import RawJSON
import Testing

/// The calls these tests make.
extension RuntimeDaemon {
    static let image = "runtime-test:1"

    /// How a container's process ended and what it wrote.
    struct Ended {
        let code: Int64
        let output: String
        let errors: String
    }

    /// Imports an image of the probe, a static busybox where the host has one, and the program of forbidden calls.
    func importImage(_ name: String = image, _ more: [TarArchive.Member] = []) async throws {
        var members: [TarArchive.Member] = ["bin/", "etc/", "tmp/"].map {
            .init(TarEntry(path: $0, kind: .directory, mode: $0 == "tmp/" ? 0o1777 : 0o755))
        }
        var programs = [
            ("probe", Machine.products + "/probe"), ("syscall-attempts", Machine.products + "/syscall-attempts"),
        ]
        if let busybox = Self.busybox { programs.append(("busybox", busybox)) }
        for (program, path) in programs {
            let bytes = try #require(FileManager.default.contents(atPath: path), "there is no \(path)")
            members.append(.init(TarEntry(path: "bin/\(program)", mode: 0o755), content: Array(bytes)))
        }
        for applet in ["sh", "id", "cat", "ls", "mknod", "dd", "sleep", "touch"] where Self.busybox != nil {
            members.append(.init(TarEntry(path: "bin/\(applet)", kind: .symbolicLink(target: "busybox"), mode: 0o777)))
        }
        let accounts = "root:x:0:0::/:/bin/sh\nsailor:x:1000:1001::/:/bin/sh\n"
        members.append(.init(TarEntry(path: "etc/passwd"), content: Array(accounts.utf8)))
        members.append(
            .init(TarEntry(path: "etc/group"), content: Array("root:x:0:\ncrew:x:1001:\ndeck:x:70000:sailor\n".utf8)))
        let archive = try TarArchive(members: members + more).bytes()
        let parts = name.split(separator: ":")
        let request = EngineRequest(
            "POST", "/images/create", query: [("fromSrc", "-"), ("repo", "\(parts[0])"), ("tag", "\(parts[1])")],
            headers: [("Content-Type", "application/x-tar")], body: .bytes(archive))
        let answer = try await client.send(request).checked()
        #expect(!String(decoding: answer.body, as: UTF8.self).contains("error"))
    }

    /// A busybox that needs no libraries.
    static let busybox: String? = ["/bin/busybox", "/usr/bin/busybox"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// Answers whatever the daemon says, also refusals.
    func call(
        _ method: String, _ path: String, query: [(name: String, value: String)] = [], json: JSONValue? = nil
    ) async throws -> EngineResponse {
        try await client.send(EngineRequest(method, path, query: query, body: json.map { .json($0) } ?? .none))
    }

    /// A container's creation body.
    static func body(
        _ command: [String], image: String = image, host: JSONObject = [:], more: JSONObject = [:]
    ) -> JSONValue {
        var object: JSONObject = [
            "Image": .string(image), "Cmd": .array(command.map { .string($0) }), "HostConfig": .object(host),
        ]
        for member in more.members { object[member.name] = member.value }
        return .object(object)
    }

    func create(_ body: JSONValue, name: String? = nil) async throws -> String {
        let answer = try await call(
            "POST", "/containers/create", query: name.map { [("name", $0)] } ?? [], json: body
        ).checked()
        return try #require(try answer.json()["Id"]?.string)
    }

    func start(_ id: String) async throws { _ = try await call("POST", "/containers/\(id)/start").checked() }

    func remove(_ id: String) async throws {
        _ = try await call("DELETE", "/containers/\(id)", query: [("force", "1")]).checked()
    }

    func wait(_ id: String) async throws -> Int64 {
        try #require(try await call("POST", "/containers/\(id)/wait").checked().json()["StatusCode"]?.int64)
    }

    func inspect(_ id: String) async throws -> JSONValue {
        try await call("GET", "/containers/\(id)/json").checked().json()
    }

    /// What a container without a terminal has written so far.
    func logs(_ id: String) async throws -> (output: String, errors: String) {
        let stream = try await client.open(
            EngineRequest(
                "GET", "/containers/\(id)/logs", query: [("stdout", "1"), ("stderr", "1")], bodyDeadline: .seconds(30)))
        return try await Self.texts(try await stream.checked())
    }

    /// Waits until a container has written something.
    func firstOutput(of id: String) async throws {
        let stream = try await client.open(
            EngineRequest(
                "GET", "/containers/\(id)/logs", query: [("stdout", "1"), ("follow", "1")], bodyDeadline: .seconds(20))
        ).checked()
        for try await _ in stream.frames() { break }
        await stream.close()
    }

    static func texts(_ stream: EngineStream) async throws -> (output: String, errors: String) {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        for try await frame in stream.frames() {
            if frame.channel == .stderr { errors += frame.payload } else { output += frame.payload }
        }
        return (String(decoding: output, as: UTF8.self), String(decoding: errors, as: UTF8.self))
    }

    /// What a command in a running container writes to standard output.
    func exec(_ id: String, _ command: [String], user: String = "") async throws -> String {
        let created = try await call(
            "POST", "/containers/\(id)/exec",
            json: [
                "Cmd": .array(command.map { .string($0) }), "AttachStdout": true, "AttachStderr": true,
                "User": .string(user),
            ]
        ).checked()
        let exec = try #require(try created.json()["Id"]?.string)
        let stream = try await client.open(
            EngineRequest(
                "POST", "/exec/\(exec)/start", body: .json(["Detach": false]), bodyDeadline: .seconds(30)))
        return try await Self.texts(try await stream.checked()).output
    }

    /// Creates, starts, waits, reads the log and removes.
    func run(
        _ command: [String], image: String = image, host: JSONObject = [:], more: JSONObject = [:]
    ) async throws -> Ended {
        let id = try await create(Self.body(command, image: image, host: host, more: more))
        try await start(id)
        let code = try await wait(id)
        let (output, errors) = try await logs(id)
        try await remove(id)
        return Ended(code: code, output: output, errors: errors)
    }
}
