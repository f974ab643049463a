import DockerAPI
import Logging
import NIOCore
import Testing

@testable import EngineHTTP

/// Goal: a TCP port serves whom it should. Method: raw requests with the headers a browser would send.
@Suite struct TCPTests {
    private func withPort(_ client: @escaping @Sendable (Int) throws -> Void) async throws {
        let server = EngineServer(
            router: Router([.fine], identity: TestServer.identity), identity: TestServer.identity,
            logger: Logger(label: "test"))
        let address = try await server.listen(
            on: Listener(EndpointURL(transport: .tcp(host: "127.0.0.1", port: 0))))
        let port = try #require(address.port)
        let outcome = await ClientThread.run { try client(port) }
        await server.close(grace: .seconds(1))
        try outcome.get()
    }

    private func status(_ port: Int, _ headers: String) throws -> String {
        let client = try RawConnection(port: port)
        try client.send("GET /fine HTTP/1.1\r\n\(headers)Connection: close\r\n\r\n")
        return String(try client.rest().dropFirst(9).prefix(3))
    }

    @Test func takesRequestsMeantForIt() async throws {
        try await withPort { port in
            for host in ["127.0.0.1:\(port)", "localhost:\(port)", "LOCALHOST", "[::1]:\(port)"] {
                let status = try status(port, "Host: \(host)\r\n")
                #expect(status == "200", "\(host)")
            }
        }
    }

    @Test func refusesForeignHostsAndWebPages() async throws {
        try await withPort { port in
            for host in ["evil.example", "evil.example:\(port)", "127.0.0.1.evil.example", "", "10.0.0.1"] {
                let status = try status(port, "Host: \(host)\r\n")
                #expect(status == "403", "\(host)")
            }
            for origin in ["http://localhost:\(port)", "null", "https://evil.example"] {
                let status = try status(port, "Host: localhost\r\nOrigin: \(origin)\r\n")
                #expect(status == "403", "\(origin)")
            }
            let (twice, never) = (try status(port, "Host: localhost\r\nHost: evil.example\r\n"), try status(port, ""))
            #expect(twice == "400" && never == "400")
        }
    }

    @Test func refusesToListenOpenly() async throws {
        let server = EngineServer(
            router: Router([.fine], identity: TestServer.identity), identity: TestServer.identity,
            logger: Logger(label: "test"))
        for host in ["0.0.0.0", "::"] {
            await #expect(throws: ListenFault.self, "\(host)") {
                try await server.listen(on: Listener(EndpointURL(transport: .tcp(host: host, port: 0))))
            }
        }
    }
}
