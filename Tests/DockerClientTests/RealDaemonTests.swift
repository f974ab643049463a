import DockerAPI
import DockerClient
import Foundation
import RawJSON
import TestSupport
import Testing

private let image = ProcessInfo.processInfo.environment["DRYDOCK_TEST_IMAGE"]
private let host = ProcessInfo.processInfo.environment["DRYDOCK_TEST_HOST"]

/// Runs where `DRYDOCK_TEST_HOST` names a daemon. Makes one image of an empty root and one container from it, both
/// labelled, and removes them. `DRYDOCK_TEST_IMAGE` names an image with `sh`, `cat` and `tty` that is there already.
@Suite("Against the daemon of DRYDOCK_TEST_HOST", .enabled(if: host != nil), .serialized)
struct RealDaemonTests {
    private func client(_ recorder: Recorder? = nil) throws -> DockerClient {
        try DockerClient(
            configuration: .init(endpoint: EndpointURL(parsing: try #require(host)), observer: recorder))
    }

    @Test("it negotiates, and its answers decode")
    func system() async throws {
        let client = try client()
        let version = try await client.negotiatedVersion()
        #expect(version >= APIVersion(major: 1, minor: 24))
        let answer = try await client.send(EngineRequest("GET", "/version")).checked().decode(SystemVersion.self)
        #expect(answer.apiVersion.flatMap(APIVersion.init).map { $0 >= version } == true)
        let info = try await client.send(EngineRequest("GET", "/info")).checked().decode(SystemInfo.self)
        #expect(info.osType == "linux")
        let all: [(name: String, value: String)] = [("all", "1"), ("size", "1")]
        _ = try await client.send(EngineRequest("GET", "/containers/json", query: all)).checked()
            .decode([ContainerSummary].self)
        _ = try await client.send(EngineRequest("GET", "/images/json")).checked().decode([ImageSummary].self)
        let networks = try await client.send(EngineRequest("GET", "/networks")).checked().decode([NetworkInspect].self)
        #expect(networks.allSatisfy { $0.name != nil && $0.id?.isEmpty == false })
        _ = try await client.send(EngineRequest("GET", "/volumes")).checked().decode(VolumeListResponse.self)
        _ = try await client.send(EngineRequest("GET", "/system/df")).checked().decode(DiskUsage.self)
    }

    @Test("an unknown container is an error with a message")
    func errors() async throws {
        let client = try client()
        await #expect {
            try await client.send(EngineRequest("GET", "/containers/drydock-none/json")).checked()
        } throws: {
            ($0 as? EngineError)?.status == 404 && "\($0)".lowercased().contains("no such container")
        }
    }

    @Test("an image is imported from a stream, a container made of it, inspected, and removed")
    func container() async throws {
        let recorder = Recorder()
        let client = try client(recorder)
        let tar = AsyncThrowingStream<[UInt8], any Error> { stream in
            stream.yield([UInt8](repeating: 0, count: 1024))
            stream.finish()
        }
        let load = EngineRequest(
            "POST", "/images/create",
            query: [("fromSrc", "-"), ("repo", "drydock-client-test"), ("tag", "1")], body: .stream(tar))
        for try await (value, _) in try await client.open(load).checked().jsonValues() {
            #expect(value["error"] == nil)
        }
        var config = ContainerConfig()
        config.image = "drydock-client-test:1"
        config.cmd = ["/none"]
        config.openStdin = true
        config.labels = ["drydock.test": "client"]
        var hostConfig = HostConfig()
        hostConfig.networkMode = "none"
        let body = try JSONEncoder().encode(ContainerCreateRequest(config: config, hostConfig: hostConfig))
        let created = try await client.send(
            EngineRequest(
                "POST", "/containers/create", headers: [("Content-Type", "application/json")],
                body: .bytes(Array(body)))
        ).checked().decode(ContainerCreateResponse.self)
        let path = "/containers/\(try #require(created.id))"
        let inspected = try await client.send(EngineRequest("GET", path + "/json")).checked()
            .decode(ContainerInspect.self)
        #expect(inspected.state?.status == "created")
        #expect(inspected.config?.labels?["drydock.test"] == "client")
        #expect(inspected.hostConfig?.networkMode == "none")

        let start = try await client.send(EngineRequest("POST", path + "/start"))
        #expect(start.status >= 400, "an image without a program cannot start")
        _ = try await client.send(EngineRequest("DELETE", path, query: [("force", "1")])).checked()
        _ = try await client.send(EngineRequest("DELETE", "/images/drydock-client-test:1")).checked()
            .decode([ImageDeleteItem].self)
    }

    @Test("a real process is attached to and exec'd into", .enabled(if: image != nil))
    func process() async throws {
        let client = try client()
        let id = try await create(["cat"], client: client)
        let attach = EngineRequest(
            "POST", "/containers/\(id)/attach",
            query: [("stdin", "1"), ("stdout", "1"), ("stderr", "1"), ("stream", "1")], upgrade: .tcp)
        let stream = try await client.open(attach).checked()
        let waiting = try await client.open(
            EngineRequest("POST", "/containers/\(id)/wait", query: [("condition", "next-exit")]))
        _ = try await client.send(EngineRequest("POST", "/containers/\(id)/start")).checked()

        #expect(
            try await exec(["sh", "-c", "echo out; echo err >&2; exit 3"], tty: false, in: id, client: client)
                == ["stderr err\n", "stdout out\n"])
        #expect(try await exec(["tty"], tty: true, in: id, client: client) == ["raw /dev/pts/0\r\n"])

        try await stream.write(Array("through cat".utf8))
        try await stream.closeWrite()
        var output: [UInt8] = []
        for try await frame in stream.frames() where frame.channel == .stdout { output += frame.payload }
        #expect(String(decoding: output, as: UTF8.self) == "through cat")
        #expect(stream.closedFirst == .peer)
        let exit = try await JSONValue.parse(waiting.collect(upTo: 1000))
        #expect(exit["StatusCode"]?.int64 == 0)
        _ = try await client.send(EngineRequest("DELETE", "/containers/\(id)", query: [("force", "1")])).checked()
    }

    private func create(_ command: [String], client: DockerClient) async throws -> String {
        let body: JSONValue = [
            "Image": .string(try #require(image)), "Cmd": .array(command.map { .string($0) }), "OpenStdin": true,
            "StdinOnce": true, "Labels": ["drydock.test": "client"], "HostConfig": ["NetworkMode": "none"],
        ]
        let response = try await client.send(EngineRequest("POST", "/containers/create", body: .json(body))).checked()
        return try #require(try response.decode(ContainerCreateResponse.self).id)
    }

    /// Runs a command and answers what came, a line for each channel, sorted.
    private func exec(
        _ command: [String], tty: Bool, in container: String, client: DockerClient
    ) async throws -> [String] {
        let body: JSONValue = [
            "Cmd": .array(command.map { .string($0) }), "AttachStdout": true, "AttachStderr": true,
            "Tty": .bool(tty),
        ]
        let id = try #require(
            try await client.send(EngineRequest("POST", "/containers/\(container)/exec", body: .json(body))).checked()
                .decode(ExecCreateResponse.self).id)
        let start = EngineRequest(
            "POST", "/exec/\(id)/start", body: .json(["Detach": false, "Tty": .bool(tty)]), upgrade: .tcp)
        let stream = try await client.open(start).checked()
        guard !tty else { return ["raw " + String(decoding: try await stream.collect(upTo: 1000), as: UTF8.self)] }
        var lines: [String] = []
        for try await frame in stream.frames() {
            lines.append("\(frame.channel) \(String(decoding: frame.payload, as: UTF8.self))")
        }
        return lines.sorted()
    }

    @Test("events begin with their head, and cancelling ends them")
    func events() async throws {
        let client = try client()
        let stream = try await client.open(EngineRequest("GET", "/events"))
        #expect(stream.status == 200)
        let task = Task { for try await _ in stream.jsonValues() {} }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
