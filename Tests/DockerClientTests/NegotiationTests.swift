import DockerAPI
import DockerClient
import TestSupport
import Testing

@Suite("Version negotiation")
struct NegotiationTests {
    private static let request = EngineRequest("GET", "/info")

    private func server(ping: @escaping @Sendable (_ method: String) -> String) throws -> ScriptedServer {
        try ScriptedServer { connection in
            let head = try connection.readHead()
            let method = String(head.prefix { $0 != " " })
            try connection.write(
                head.contains(" /_ping ") ? ping(method) : "HTTP/1.1 200 OK\r\n\r\n\(head.prefix { !$0.isNewline })")
        }
    }

    @Test(
        "the lower of both versions is used, 1.24 where the daemon names none",
        arguments: [("Api-Version: 1.44\r\n", "/v1.44"), ("api-version: 1.99\r\n", "/v1.51"), ("", "/v1.24")])
    func negotiation(header: String, prefix: String) async throws {
        let server = try server { method in
            "HTTP/1.1 200 OK\r\n\(header)Content-Length: 2\r\n\r\n" + (method == "GET" ? "OK" : "")
        }
        let client = try server.client()
        #expect(try await client.send(Self.request).text == "GET \(prefix)/info HTTP/1.1")
        let connections = server.connectionCount
        _ = try await client.withObserver(nil).send(Self.request)
        #expect(server.connectionCount == connections + 1, "the version was asked for again")
    }

    @Test("a HEAD that is refused is followed by GET")
    func fallback() async throws {
        let server = try server { method in
            method == "HEAD" ? "HTTP/1.1 405 No\r\n\r\n" : "HTTP/1.1 200 OK\r\nApi-Version: 1.40\r\n\r\nOK"
        }
        #expect(try await server.client().negotiatedVersion().description == "1.40")
        #expect(server.connectionCount == 2)
    }

    @Test("a daemon below the minimum is refused; a fixed version asks nobody")
    func limits() async throws {
        let server = try server { _ in "HTTP/1.1 200 OK\r\nApi-Version: 1.18\r\n\r\n" }
        await #expect {
            try await server.client().send(Self.request)
        } throws: {
            "\($0)".contains("speaks Docker API 1.18 at most; this client needs 1.24 or newer")
        }
        let fixed = try server.client(version: .fixed(APIVersion(major: 1, minor: 30)))
        #expect(try await fixed.send(Self.request).text.hasPrefix("GET /v1.30/info"))
    }

    @Test("ping tells what the headers say, also of a daemon in trouble")
    func ping() async throws {
        let server = try server { _ in
            "HTTP/1.1 500 No\r\nApi-Version: 1.41\r\nOstype: linux\r\nDocker-Experimental: true\r\nSwarm: inactive\r\n\r\n"
        }
        let result = try await server.client().ping()
        #expect(result.apiVersion?.description == "1.41" && result.osType == "linux" && result.isExperimental)
    }
}
