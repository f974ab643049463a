import DockerAPI
import DockerClient
import RawJSON
import TestSupport
import Testing

@Suite("Streams and hijacked connections")
struct StreamTests {
    private let attach = EngineRequest(
        "POST", "/containers/x/attach", query: [("stream", "1")], versioning: .unversioned, upgrade: .tcp)

    @Test("after 101 both sides talk raw, bytes right behind the head included, and a half-close reaches the server")
    func upgrade() async throws {
        let server = try ScriptedServer { connection in
            let head = try connection.readHead()
            try connection.write(upgraded + "early ")
            let input = try connection.readToEnd()
            try connection.write(input)
            try connection.write(head.contains("\r\nConnection: Upgrade\r\n") ? " asked" : " not asked")
        }
        let recorder = Recorder()
        let stream = try await server.client(observer: recorder).open(attach)
        #expect(stream.status == 101 && stream.isHijacked && stream.head.streamFormat == .raw)
        try await stream.write(Array("input".utf8))
        try await stream.closeWrite()
        #expect(String(decoding: try await stream.collect(upTo: 100), as: UTF8.self) == "early input asked")
        #expect(stream.closedFirst == .peer)
        await stream.close()
        #expect(recorder.sent.hasPrefix("POST /containers/x/attach?stream=1 HTTP/1.1\r\nHost: api.moby.localhost\r\n"))
        #expect(recorder.sent.contains("Connection: Upgrade\r\nContent-Type: text/plain\r\nUpgrade: tcp\r\n\r\ninput"))
        #expect(recorder.outline.contains("half-closed by us"))
        #expect(recorder.outline.last == "closed by peer")
    }

    @Test(
        "a 200 is a raw stream as well, with and without chunks",
        arguments: [("", "abc"), ("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n")],
        [EngineRequest.Upgrade.tcp, .hijackOnly])
    func raw(answer: (header: String, body: String), upgrade: EngineRequest.Upgrade) async throws {
        let server = try ScriptedServer { connection in
            let asked = try connection.readHead().contains("Upgrade")
            guard asked == (upgrade == .tcp) else { return }
            try connection.write("HTTP/1.1 200 OK\r\n\(answer.header)\r\n")
            guard try connection.read(2) == Array("hi".utf8) else { return }
            try connection.write(answer.body)
            if !answer.header.isEmpty { try connection.write("0\r\n\r\n") }
        }
        var request = attach
        request.upgrade = upgrade
        let stream = try await server.client().open(request)
        #expect(stream.isHijacked)
        try await stream.write(Array("hi".utf8))
        #expect(String(decoding: try await stream.collect(upTo: 100), as: UTF8.self) == "abc")
    }

    @Test("a refused upgrade is an ordinary answer that takes no input")
    func refusedUpgrade() async throws {
        let server = try ScriptedServer.answering(
            "HTTP/1.1 409 Conflict\r\nContent-Length: 23\r\n\r\n{\"message\":\"is paused\"}")
        let stream = try await server.client().open(attach)
        await #expect(throws: DockerClientError.self) { try await stream.write([1]) }
        await #expect(throws: DockerClientError.self) { try await stream.closeWrite() }
        await #expect {
            try await stream.checked()
        } throws: {
            "\($0)" == "Error response from daemon: is paused"
        }
    }

    @Test("frames come out of any pieces, and a stream cut within one is an error")
    func frames() async throws {
        let whole =
            StreamFrame(channel: .stdout, payload: Array("out".utf8)).encoded
            + StreamFrame(channel: .stderr, payload: Array("err".utf8)).encoded
        let server = try ScriptedServer { connection in
            try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\n\r\n")
            for byte in whole { try connection.write([byte]) }
            if connection.number == 2 { try connection.write([1, 0, 0]) }
        }
        let client = try server.client()
        let stream = try await client.open(get)
        #expect(stream.head.streamFormat == .multiplexed)
        var text: [String] = []
        for try await frame in stream.frames() {
            text.append("\(frame.channel) \(String(decoding: frame.payload, as: UTF8.self))")
        }
        #expect(text == ["stdout out", "stderr err"])
        await #expect(throws: StreamFrameError.truncated(offset: 22, available: 3)) {
            for try await _ in try await client.open(get).frames() {}
        }
    }

    @Test("JSON values come one by one, the first before the stream goes on")
    func jsonValues() async throws {
        let seen = Signal()
        let server = try ScriptedServer { connection in
            try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            try connection.write("7\r\n{\"a\":1}\r\n")
            try seen.arrive()
            try connection.write("8\r\n\r\n{\"a\":2\r\n1\r\n}\r\n0\r\n\r\n")
        }
        let stream = try await server.client().open(get)
        var values: [Int64?] = []
        for try await (value, _) in stream.jsonValues() {
            values.append(value["a"]?.int64)
            if values.count == 1 { seen.give() }
        }
        #expect(values == [1, 2])
        #expect(server.scriptFailures.isEmpty)
    }

    @Test("a reader who does not read holds the daemon back")
    func backpressure() async throws {
        let blocked = Signal()
        let total = 64 << 20
        let server = try ScriptedServer { connection in
            try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\n\r\n")
            blocked.give()
            try connection.write([UInt8](repeating: 1, count: total))
        }
        let recorder = Recorder()
        let stream = try await server.client(observer: recorder).open(get)
        try blocked.arrive()
        // Nothing is taken, so what the client has read stays near its mark however long the server tries.
        var taken = 0
        var buffered = 0
        for try await piece in stream {
            taken += piece.count
            buffered = max(buffered, recorder.receivedCount - taken)
        }
        #expect(taken == total)
        #expect(buffered <= 2 << 20, "\(buffered) bytes were read ahead")
    }

    @Test("who closes first is told, for the peer and for this side")
    func closing() async throws {
        let hold = Signal()
        let server = try ScriptedServer { connection in
            try connection.readHead()
            try connection.write(upgraded)
            if connection.number == 2 { try connection.readToEnd() }
            if connection.number == 2 { hold.give() }
        }
        let client = try server.client()
        let first = try await client.open(attach)
        #expect(try await first.collect(upTo: 1).isEmpty)
        await first.close()
        #expect(first.closedFirst == .peer)
        let second = try await client.open(attach)
        #expect(second.closedFirst == nil)
        await second.close()
        #expect(second.closedFirst == .client)
        try hold.arrive()
        #expect(first.connection != second.connection)
    }
}
