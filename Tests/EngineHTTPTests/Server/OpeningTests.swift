import DockerAPI
import Logging
import NIOCore
import Testing
import TestSupport

@testable import EngineHTTP

/// Goal: a server answers what it knows before it knows everything, and the rest when it does. Method: raw bytes on a
/// socket, and a second router.
@Suite struct OpeningTests {
    @Test func whatIsNotKnownYetWaitsForTheNextRouter() async throws {
        try await Self.with { server in
            let waiting = try server.asked("POST /echo/a?q=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none")
            let bodyless = try server.asked(
                "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\nGET /fine HTTP/1.1\r\nHost: x\r\n\r\n")
            let halfClosed = try server.asked("POST /echo/b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\ntwo")
            halfClosed.closeOutput()
            // This one goes away again.
            _ = try server.asked("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
            let known = try server.asked("GET /fine HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try known.head().hasPrefix("HTTP/1.1 200"))
            try known.send("GET /v9.99/echo HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try known.read(count: 4)
            #expect(try known.head().hasPrefix("HTTP/1.1 400"), "a wrong version is wrong at once")
            server.server.serve(Router([.fine, .echo], identity: TestServer.identity))
            _ = try waiting.head()
            #expect(try waiting.read(through: "one") == "a 1.51 1 one")
            #expect(try bodyless.head().hasPrefix("HTTP/1.1 404"))
            _ = try bodyless.read(through: "\n")
            #expect(try bodyless.head().hasPrefix("HTTP/1.1 200"))
            _ = try halfClosed.head()
            #expect(try halfClosed.read(through: "two") == "b 1.51 - two")
            let late = try server.asked("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try late.head().hasPrefix("HTTP/1.1 404"))
        }
    }

    @Test func closingEndsWhatWaits() async throws {
        try await Self.with { server in
            let waiting = try server.asked("GET /containers/json HTTP/1.1\r\nHost: x\r\n\r\n")
            let known = try server.asked("GET /fine HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try known.head()
            server.close()
            #expect(try waiting.rest() == "")
        }
    }

    private static func with(_ client: @escaping @Sendable (TestServer) throws -> Void) async throws {
        try await TestServer.with([.fine], isWhole: false, client)
    }
}

extension TestServer {
    /// A connection over which that was sent.
    fileprivate func asked(_ request: String) throws -> RawConnection {
        let connection = try connect()
        try connection.send(request)
        return connection
    }
}
