import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import EngineHTTP

/// Goal: requests are understood in one way or refused. Method: raw bytes on a socket.
@Suite struct RequestTests {
    @Test func answersOnOneConnectionOneAfterTheOther() async throws {
        try await TestServer.with([.fine, .echo]) { server in
            let client = try server.connect()
            for _ in 0..<3 {
                try client.send("GET /v1.43/fine HTTP/1.1\r\nHost: x\r\n\r\n")
                let head = try client.head()
                #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(head.contains("Server: Drydock/1.2.3 (linux)\r\n"))
                #expect(head.contains("Api-Version: 1.51\r\n"))
                #expect(head.contains("Ostype: linux\r\n"))
                #expect(head.contains("Docker-Experimental: false\r\n"))
                #expect(head.contains("Content-Length: 4\r\n"))
                #expect(try client.read(count: 4) == Array("fine".utf8))
            }
        }
    }

    @Test func onlyWhatAnswersAtOnceIsDoneOnTheConnectionsThread() async throws {
        let atOnce = Route.atOnce(.GET, "/at-once") { _ in .text("\(try Self.isOnAConnectionsThread)") }
        let inTask = Route(.GET, "/in-task") { _ in .text("\(try Self.isOnAConnectionsThread)") }
        try await TestServer.with([atOnce, inTask]) { server in
            let client = try server.connect()
            try client.send("GET /at-once HTTP/1.1\r\nHost: x\r\n\r\nGET /in-task HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try client.head()
            #expect(try client.read(through: "e") == "true")
            _ = try client.head()
            #expect(try client.read(through: "e") == "false")
        }
    }

    private static var isOnAConnectionsThread: Bool {
        get throws { try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8).hasPrefix("NIO") }
    }

    @Test func keepsPipelinedRequestsApart() async throws {
        try await TestServer.with([.fine, .echo]) { server in
            let client = try server.connect()
            try client.send(
                "POST /echo/a?q=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\noneGET /fine HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "POST /v1.30/echo/b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\ntwo")
            let answers = try client.rest()
            #expect(answers.contains("a 1.51 1 one"))
            #expect(answers.contains("fine"))
            #expect(answers.contains("b 1.30 - two"))
        }
    }

    @Test func readsChunkedBodies() async throws {
        try await TestServer.with([.echo]) { server in
            let client = try server.connect()
            try client.send("POST /echo/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
            try client.send("4\r\n two\r\n0\r\n\r\n")
            _ = try client.head()
            #expect(try client.read(through: "one two") == "a 1.51 - one two")
        }
    }

    @Test func asksForTheBodyWhereTheClientWaits() async throws {
        try await TestServer.with([.echo]) { server in
            let client = try server.connect()
            try client.send("POST /echo/a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            #expect(try client.head() == "HTTP/1.1 100 Continue\r\n\r\n")
            try client.send("hi")
            #expect(try client.head().hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test(arguments: [
        "Content-Length: 3\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 3",
        "Content-Length: 3\r\nContent-Length: 4", "Content-Length: 3, 4", "Content-Length: +3", "Content-Length: -1",
        "Content-Length: 0x3", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding : chunked",
        "Content-Length: 99999999999999999999",
    ])
    func refusesWhatTwoReadersCouldReadInTwoWays(framing: String) async throws {
        try await TestServer.with([.echo, .fine]) { server in
            let client = try server.connect()
            try client.send("POST /echo/a HTTP/1.1\r\nHost: x\r\n\(framing)\r\n\r\n3\r\none\r\n0\r\n\r\n")
            let answer = try client.rest()
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(framing): \(answer)")
            #expect(answer.components(separatedBy: "HTTP/1.1").count == 2, "one answer, then the end")
        }
    }

    @Test func neverServesWhatIsHiddenInARefusedBody() async throws {
        try await TestServer.with([.echo, .fine]) { server in
            let client = try server.connect()
            try client.send(
                "POST /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "0\r\n\r\nGET /fine HTTP/1.1\r\nHost: x\r\n\r\n")
            let answers = try client.rest()
            #expect(!answers.contains("fine"))
        }
    }

    @Test func refusesHeadsWithoutEnd() async throws {
        var limits = ServerLimits()
        limits.headBytes = 4096
        try await TestServer.with([.fine], limits: limits) { server in
            let client = try server.connect()
            try client.send("GET /fine HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "y", count: 5000))")
            #expect(try client.rest().hasPrefix("HTTP/1.1 431 "))
        }
    }

    @Test func refusesSlowHeads() async throws {
        var limits = ServerLimits()
        limits.headTime = .milliseconds(50)
        try await TestServer.with([.fine], limits: limits) { server in
            let client = try server.connect()
            try client.send("GET /fine HT")
            #expect(try client.rest().hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test func refusesSlowDocuments() async throws {
        var limits = ServerLimits()
        limits.documentTime = .milliseconds(50)
        try await TestServer.with([.echo], limits: limits) { server in
            let client = try server.connect()
            try client.send("POST /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
            #expect(try client.rest().hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test(arguments: [true, false]) func refusesLargeDocuments(announced: Bool) async throws {
        var limits = ServerLimits()
        limits.documentBytes = 1000
        try await TestServer.with([.echo], limits: limits) { server in
            let client = try server.connect()
            let body = String(repeating: "z", count: 2000)
            let framing = announced ? "Content-Length: 2000" : "Transfer-Encoding: chunked"
            let text = announced ? body : "7d0\r\n\(body)\r\n0\r\n\r\n"
            try client.send("POST /echo/a HTTP/1.1\r\nHost: x\r\n\(framing)\r\n\r\n\(text)")
            #expect(try client.rest().hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func refusesConnectionsTooMany() async throws {
        var limits = ServerLimits()
        limits.connections = 1
        try await TestServer.with([.fine], limits: limits) { server in
            let first = try server.connect()
            try first.send("GET /fine HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try first.head()
            let second = try server.connect()
            #expect(try second.rest().hasPrefix("HTTP/1.1 503 "))
            withExtendedLifetime(first) {}
        }
    }

    @Test func endsConnectionsThatSayNothing() async throws {
        var limits = ServerLimits()
        limits.idleTime = .milliseconds(50)
        try await TestServer.with([.fine], limits: limits) { server in
            let answer = try server.connect().rest()
            #expect(answer.isEmpty)
        }
    }

    @Test func answersHTTP10WithoutChunksAndEnds() async throws {
        let stream = Route(.GET, "/stream") { _ in
            .stream("text/plain") { writer in for part in ["a", "b"] { try await writer.write(part) } }
        }
        try await TestServer.with([stream]) { server in
            let client = try server.connect()
            try client.send("GET /stream HTTP/1.0\r\n\r\n")
            let answer = try client.rest()
            #expect(!answer.contains("chunked"))
            #expect(answer.hasSuffix("\r\n\r\nab"))
        }
    }
}
