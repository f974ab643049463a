import DockerAPI
import DockerClient
import TestSupport
import Testing

@Suite("TLS")
struct TLSTests {
    private let trusting = EndpointTLS(authorities: Array(TestCertificates.authority.utf8))
    private let identified = EndpointTLS(
        authorities: Array(TestCertificates.authority.utf8), certificate: Array(TestCertificates.client.utf8),
        key: Array(TestCertificates.clientKey.utf8))

    private func server(demandsClientCertificate: Bool = false) async throws -> TLSServer {
        try await TLSServer(
            answer: "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret",
            demandsClientCertificate: demandsClientCertificate)
    }

    private func client(_ host: String, _ port: Int, _ tls: EndpointTLS?, _ recorder: Recorder? = nil) throws
        -> DockerClient
    {
        try DockerClient(
            configuration: .init(
                endpoint: EndpointURL(transport: .tcp(host: host, port: port)), tls: tls, observer: recorder))
    }

    private func message(_ operation: () async throws -> Void) async -> String {
        do {
            try await operation()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test(
        "a server the authority signed is trusted, by name and by address; what is recorded is plain text",
        arguments: ["localhost", "127.0.0.1"])
    func trust(host: String) async throws {
        let server = try await server()
        let recorder = Recorder()
        #expect(try await client(host, server.port, trusting, recorder).send(get).text == "secret")
        #expect(recorder.outline.prefix(3) == ["connecting", "connected", "secured"])
        #expect(recorder.sent.hasPrefix("GET /x HTTP/1.1\r\nHost: \(host):\(server.port)\r\n"))
    }

    /// A connection that lasted until the timer of the TLS library ends would make these take two minutes.
    @Test("a connection ends when both sides have closed", .timeLimit(.minutes(1)))
    func closing() async throws {
        let server = try await server()
        let client = try client("localhost", server.port, trusting)
        for _ in 0..<120 { #expect(try await client.send(get).text == "secret") }
    }

    @Test("without its authority the server is refused, unless verification is off")
    func distrust() async throws {
        let server = try await server()
        let text = await message { _ = try await client("127.0.0.1", server.port, EndpointTLS()).send(get) }
        #expect(text.contains("the TLS handshake failed") && text.contains("CERTIFICATE_VERIFY_FAILED"), "\(text)")
        let anyone = EndpointTLS(skipsVerification: true)
        #expect(try await client("127.0.0.1", server.port, anyone).send(get).text == "secret")
    }

    @Test("a server that demands a client certificate gets it, and its refusal is told")
    func clientCertificate() async throws {
        let server = try await server(demandsClientCertificate: true)
        #expect(try await client("localhost", server.port, identified).send(get).text == "secret")
        let text = await message { _ = try await client("localhost", server.port, trusting).send(get) }
        #expect(text.contains("TLS handshake failed"), "\(text)")
    }

    @Test("a half-close reaches the server, and what it says after comes back")
    func halfClose() async throws {
        let server = try await server()
        let request = EngineRequest("POST", "/x", versioning: .unversioned, upgrade: .tcp)
        let stream = try await client("localhost", server.port, trusting).open(request)
        try await stream.write(Array("hello ".utf8))
        try await stream.closeWrite()
        #expect(String(decoding: try await stream.collect(upTo: 100), as: UTF8.self) == "hello bye")
    }

    @Test("TLS to a plain port and plain text to a TLS port are told apart")
    func mismatch() async throws {
        let plain = try ScriptedServer(.loopback) { connection in
            _ = try connection.read(1)
            try connection.write("HTTP/1.1 400 Bad Request\r\n\r\n")
        }
        let port = try #require(Int(plain.endpoint.split(separator: ":")[2]))
        let toPlain = await message { _ = try await client("127.0.0.1", port, trusting).send(get) }
        #expect(toPlain.contains("TLS was asked for, and the port answers in plain text"), "\(toPlain)")
        // What OpenSSL answers to plain text: the alert protocol_version (RFC 8446 section 6).
        let secure = try ScriptedServer(.loopback) { connection in
            try connection.readHead()
            try connection.write([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46])
        }
        let toTLS = await message { _ = try await secure.client().send(get) }
        #expect(toTLS.contains("the port speaks TLS, and TLS was not asked for"), "\(toTLS)")
        // What Go's server answers, and with it dockerd.
        let go = try ScriptedServer.answering(
            "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n", at: .loopback)
        let toGo = await message { _ = try await go.client().negotiatedVersion() }
        #expect(toGo.contains("GET /_ping: 400, \"Client sent an HTTP request to an HTTPS server"), "\(toGo)")
        withExtendedLifetime(plain) {}
    }

    @Test("certificates that cannot be read are named before anything connects")
    func material() async throws {
        let broken = EndpointTLS(authorities: Array("no".utf8))
        let half = EndpointTLS(certificate: Array(TestCertificates.client.utf8))
        #expect(await message { _ = try client("h", 1, half) }.contains("belong together"))
        #expect(await message { _ = try client("h", 1, broken) }.contains("cannot be used"))
    }
}
