import DockerAPI
import DockerClient
import Foundation
import TestSupport
import Testing

@Suite("Servers that misbehave")
struct MisbehaviourTests {
    private func failure(_ answer: String, _ place: ScriptedServer.Place = .unixSocket) async throws
        -> DockerClientError
    {
        let server = try ScriptedServer.answering(answer, at: place)
        return try await failure { _ = try await server.client().send(get) }
    }

    private func failure(_ operation: () async throws -> Void) async throws -> DockerClientError {
        do {
            try await operation()
        } catch let error as DockerClientError {
            return error
        }
        throw ServerFailure.endOfFile
    }

    @Test(
        "what is not HTTP is named",
        arguments: [
            ("SSH-2.0-OpenSSH\r\n", "it starts with \"SSH-2.0-OpenSSH..\""),
            ("H", "the head of the answer"),
            ("HTTP/2 200\r\n\r\n", "it starts with \"HTTP/2 200....\""),
            ("HTTP/1.1 xx OK\r\n\r\n", "status line is \"HTTP/1.1 xx OK\""),
            ("HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "header line is \"A : b\""),
            ("HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n", "header line is \" folded\""),
            ("HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx", "Content-Length is \"+1\""),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", "Content-Length is \"1, 2\""),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "Transfer-Encoding is \"gzip\""),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "chunk size is \"zz\""),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", "not followed by a line end"),
            (upgraded, "no upgrade was asked for"),
        ])
    func malformed(answer: String, part: String) async throws {
        let error = try await failure(answer)
        #expect("\(error)".contains(part), "\(error)")
        #expect("\(error)".contains("GET /x"), "\(error)")
    }

    @Test(
        "an answer that ends too early says what was due",
        arguments: [
            ("", "the head of the answer to GET /x"),
            ("HTTP/1.1 200 OK\r\nA:", "the head of the answer"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "the rest of the body (7 bytes)"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "the rest of the chunked body"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "the end of the chunked body"),
        ])
    func truncated(answer: String, part: String) async throws {
        let error = try await failure(answer)
        guard case .closedEarly(_, let awaited, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(awaited.contains(part), "\(error)")
    }

    @Test("a head above the limit is refused, one below is read")
    func heads() async throws {
        let big = "HTTP/1.1 200 OK\r\nA: " + String(repeating: "x", count: 100_000) + "\r\n\r\n"
        #expect(try await ScriptedServer.answering(big).client().send(get).head.first("a")?.count == 100_000)
        let error = try await failure(
            "HTTP/1.1 200 OK\r\n" + String(repeating: "A: \(String(repeating: "x", count: 1000))\r\n", count: 400)
                + "\r\n")
        #expect("\(error)".contains("longer than 262144 bytes"))
    }

    @Test("a body above the limit is refused")
    func bodies() async throws {
        let server = try ScriptedServer.answering("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 5000))
        let error = try await failure { _ = try await server.client(maximumBodyBytes: 4999).send(get) }
        #expect("\(error)".contains("GET /x is longer than the 4999 bytes accepted"))
        #expect(try await server.client(maximumBodyBytes: 5000).send(get).body.count == 5000)
    }

    @Test("a silent head and a silent body end at their deadlines, which name what was awaited")
    func deadlines() async throws {
        let gone = Signal()
        let silent = try ScriptedServer { connection in
            try connection.readToEnd()
            gone.give()
        }
        let head = try await failure { _ = try await silent.client(headDeadline: .milliseconds(50)).send(get) }
        #expect("\(head)".hasSuffix("gave up waiting for the head of the answer to GET /x after 50 ms"))
        try gone.arrive()
        let half = try ScriptedServer { connection in
            try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            try connection.readToEnd()
            gone.give()
        }
        let body = try await failure { _ = try await half.client(bodyDeadline: .milliseconds(50)).send(get) }
        #expect("\(body)".hasSuffix("gave up waiting for more of the answer to GET /x after 50 ms"))
        try gone.arrive()
    }

    @Test("a reset is told apart from an end, and counts as the peer's closing")
    func reset() async throws {
        let resetting = try ScriptedServer(.loopback) { connection in
            try connection.readHead()
            connection.reset()
        }
        let recorder = Recorder()
        let error = try await failure { _ = try await resetting.client(observer: recorder).send(get) }
        guard case .connectionLost = error else {
            Issue.record("\(error)")
            return
        }
        #expect(recorder.outline.suffix(2) == ["failed", "closed by peer"])
    }

    @Test("sockets that cannot be reached say why")
    func unreachable() async throws {
        let folder = try TestDirectory.make()
        defer { TestDirectory.remove(folder) }
        func message(_ host: String) async throws -> String {
            let client = try DockerClient(configuration: .init(endpoint: EndpointURL(parsing: host)))
            return try await "\(failure { _ = try await client.send(get) })"
        }
        #expect(
            try await message("unix://\(folder)/none")
                == "cannot reach unix://\(folder)/none: no such file. Is the daemon running?")
        let stopped = try ScriptedServer(.loopback) { _ in }
        stopped.stop()
        #expect(try await message(stopped.endpoint).hasSuffix("connection refused. Is the daemon running?"))
        try #require(FileManager.default.createFile(atPath: "\(folder)/file", contents: nil))
        #expect(try await message("unix://\(folder)/file").contains("connection refused"))
    }

    @Test("a TCP port that speaks HTTP and not Docker is named with its answer")
    func notDocker() async throws {
        let server = try ScriptedServer.answering(
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 2\r\n\r\nno",
            at: .loopback)
        let client = try server.client()
        let error = try await failure { _ = try await client.send(EngineRequest("GET", "/info")) }
        #expect(
            "\(error)"
                == "\(server.endpoint) answered, but not as a Docker daemon (GET /_ping: 404, text/html)")
    }
}
