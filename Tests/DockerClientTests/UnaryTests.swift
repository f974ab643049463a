import DockerAPI
import DockerClient
import RawJSON
import TestSupport
import Testing

@Suite("Unary calls")
struct UnaryTests {
    @Test("a request goes out as docker's client writes it, and the answer comes back whole")
    func roundTrip() async throws {
        let server = try ScriptedServer { connection in
            try connection.readHead()
            let body = try connection.read(16)
            try connection.write(
                "HTTP/1.1 201 Created\r\nX-Case: A\r\nx-case: b\r\nContent-Length: \(body.count)\r\n\r\n")
            try connection.write(body)
            try connection.readToEnd()
        }
        let recorder = Recorder()
        let client = try server.client(observer: recorder)
        let request = EngineRequest(
            "POST", "/containers/create", query: [("name", "a b/ü"), ("platform", "")], body: .json(["a": "<b>&"]),
            versioning: .fixed(APIVersion(major: 1, minor: 51)))
        let response = try await client.send(request)
        #expect(response.status == 201)
        #expect(response.head.headers.map(\.name) == ["X-Case", "x-case", "Content-Length"])
        #expect(response.head.all("X-CASE") == ["A", "b"])
        #expect(
            recorder.sent == """
                POST /v1.51/containers/create?name=a+b%2F%C3%BC&platform= HTTP/1.1\r
                Host: api.moby.localhost\r
                User-Agent: Drydock\r
                Content-Length: 28\r
                Content-Type: application/json\r
                \r
                {"a":"\\u003cb\\u003e\\u0026"}

                """)
        #expect(
            recorder.outline == [
                "connecting", "connected", "POST /v1.51/containers/create?name=a+b%2F%C3%BC&platform=", "sent",
                "received", "201", "received", "closed by us",
            ] || recorder.outline.suffix(2) == ["201", "closed by us"])
        #expect(zip(recorder.events, recorder.events.dropFirst()).allSatisfy { $0.at <= $1.at })
    }

    @Test("an exact request is sent byte for byte")
    func exact() async throws {
        let server = try ScriptedServer.answering("HTTP/1.1 200 OK\r\n\r\nraw")
        let recorder = Recorder()
        let request = EngineRequest.exactly(
            "get", target: "//odd%zz?x y", headers: [("hOST", "a"), ("Z", "1"), ("A", "2")], body: Array("xyz".utf8))
        let response = try await server.client(observer: recorder).send(request)
        #expect(recorder.sent == "get //odd%zz?x y HTTP/1.1\r\nhOST: a\r\nZ: 1\r\nA: 2\r\n\r\nxyz")
        #expect(response.text == "raw")
        #expect(String(decoding: response.head.raw, as: UTF8.self) == "HTTP/1.1 200 OK\r\n\r\n")
    }

    @Test(
        "bodies end as their framing says",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: 1\r\n\r\n", "abc"),
            ("HTTP/1.0 200 OK\r\n\r\nabc", "abc"),
            ("HTTP/1.1 200 OK\nContent-Length: 3\n\nabc", "abc"),
            ("HTTP/1.1 204 No Content\r\n\r\n", ""),
            ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", ""),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
                "abc"
            ),
            ("HTTP/1.1 200\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "abc"),
        ])
    func framing(answer: String, body: String) async throws {
        let server = try ScriptedServer.answering(answer)
        #expect(try await server.client().send(get).text == body)
        // The same answer in single bytes.
        let slow = try ScriptedServer { connection in
            try connection.readHead()
            for byte in answer.utf8 { try connection.write([byte]) }
        }
        #expect(try await slow.client().send(get).text == body)
    }

    @Test("the answer to HEAD has no body whatever its length says, and the connection need not end")
    func head() async throws {
        let server = try ScriptedServer { connection in
            try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
            try connection.readToEnd()
        }
        #expect(try await server.client().send(EngineRequest("HEAD", "/x", versioning: .unversioned)).body.isEmpty)
    }

    @Test("bytes after the end of a body are shown, and trailers kept")
    func surplus() async throws {
        let server = try ScriptedServer.answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nDigest: x\r\n\r\nmore")
        let response = try await server.client().send(get)
        #expect(response.text == "a")
        #expect(String(decoding: response.surplus, as: UTF8.self) == "more")
        #expect(response.trailers.map(\.value) == ["x"])
    }

    @Test("an error status is a response; checked() throws the daemon's message")
    func errors() async throws {
        let server = try ScriptedServer.answering(
            "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n\r\n{\"message\":\"No such container: x\\n\"}")
        let response = try await server.client().send(get)
        #expect {
            try response.checked()
        } throws: {
            "\($0)" == "Error response from daemon: No such container: x" && ($0 as? EngineError)?.status == 404
        }
        let plain = try await ScriptedServer.answering("HTTP/1.1 502 Bad Gateway\r\n\r\nproxy says no\n").client().open(
            get)
        await #expect {
            try await plain.checked()
        } throws: {
            "\($0)" == "Error response from daemon: proxy says no"
        }
    }

    @Test("a body in chunks arrives in chunks, and an early answer is read while it is sent")
    func upload() async throws {
        let server = try ScriptedServer { connection in
            let head = try connection.readHead()
            guard head.contains("Transfer-Encoding: chunked\r\n"), !head.contains("Content-Length") else { return }
            let body = try connection.read(Array("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".utf8).count)
            try connection.write("HTTP/1.1 200 OK\r\n\r\n")
            try connection.write(body)
        }
        let pieces = AsyncThrowingStream<[UInt8], any Error> { stream in
            for piece in ["abc", "", "de"] { stream.yield(Array(piece.utf8)) }
            stream.finish()
        }
        let request = EngineRequest("PUT", "/x", body: .stream(pieces), versioning: .unversioned)
        #expect(try await server.client().send(request).text == "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")

        let early = try ScriptedServer.answering("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
        let endless = AsyncThrowingStream<[UInt8], any Error> { nil as [UInt8]? ?? Array(repeating: 0, count: 65536) }
        let refused = EngineRequest("PUT", "/x", body: .stream(endless), versioning: .unversioned)
        do {
            #expect(try await early.client().send(refused).status == 413)
        } catch DockerClientError.connectionLost {
            // A peer that closes with input unread resets, and the reset may overtake its answer.
        }
    }

    @Test("requests that would break the wire are refused before anything is sent")
    func invalid() async throws {
        let server = try ScriptedServer.answering("HTTP/1.1 200 OK\r\n\r\n")
        let client = try server.client()
        for request in [
            EngineRequest("GET", "/a b", versioning: .unversioned),
            EngineRequest("GET", "/x", headers: [("A", "b\r\nC: d")], versioning: .unversioned),
            EngineRequest("GET\r\n", "/x", versioning: .unversioned),
            EngineRequest("GET", "", versioning: .unversioned),
        ] {
            await #expect(throws: DockerClientError.self) { try await client.send(request) }
        }
        #expect(server.connectionCount == 0)
        #expect(EngineRequest.escapedPathSegment("a/b c@d:e") == "a%2Fb%20c@d:e")
    }
}
