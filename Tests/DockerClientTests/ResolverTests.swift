import Crypto
import DockerAPI
import DockerClient
import Testing

@Suite("Finding the endpoint")
struct ResolverTests {
    private static func identifier(_ name: String) -> String {
        SHA256.hash(data: Array(name.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static let files: [String: String] = [
        "/h/.docker/config.json": #"{"currentContext":"far","HttpHeaders":{"X-A":"b"}}"#,
        "/c/config.json": "{}", "/bad/config.json": "{",
        "/h/.docker/contexts/meta/\(identifier("far"))/meta.json":
            #"{"Name":"far","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://far:2376","SkipTLSVerify":false}}}"#,
        "/h/.docker/contexts/tls/\(identifier("far"))/docker/ca.pem": "CA",
        "/h/.docker/contexts/meta/\(identifier("near"))/meta.json":
            #"{"Name":"near","Endpoints":{"docker":{"Host":"unix:///near.sock","SkipTLSVerify":false}}}"#,
        "/certs/ca.pem": "A", "/certs/cert.pem": "B", "/certs/key.pem": "C", "/onlyca/ca.pem": "A",
    ]

    private func resolve(
        _ environment: [String: String] = [:], _ options: EndpointResolver.Options = .init()
    ) throws -> ResolvedEndpoint {
        try EndpointResolver(options: options, environment: ["HOME": "/h"].merging(environment) { $1 }) { path in
            Self.files[path].map { Array($0.utf8) }
        }.resolve()
    }

    @Test("options go before variables, and those before the configuration file")
    func precedence() throws {
        let all = ["DOCKER_HOST": "tcp://env:1", "DOCKER_CONTEXT": "near"]
        #expect(try resolve(all, .init(host: "tcp://opt:1")).origin == .hostOption)
        #expect(try resolve(all, .init(context: "far")).origin == .contextOption("far"))
        #expect(try resolve(all).endpoint.description == "tcp://env:1")
        #expect(try resolve(["DOCKER_CONTEXT": "near"]).endpoint.description == "unix:///near.sock")
        #expect(try resolve(["DOCKER_HOST": "", "DOCKER_CONTEXT": ""]).origin == .currentContext("far"))
        #expect(try resolve(["DOCKER_CONFIG": "/c"]).origin == .unspecified)
        #expect(try resolve(["DOCKER_CONFIG": "/c"]).endpoint == .dockerDefault)
        #expect(try resolve(["DOCKER_CONTEXT": "default"]).endpoint == .dockerDefault)
        #expect(try resolve(all, .init(host: "")).endpoint == .dockerDefault)
        #expect(throws: EndpointResolverError.self) { try resolve([:], .init(host: "tcp://a:1", context: "far")) }
    }

    @Test("a context brings its certificates, the file its headers")
    func context() throws {
        let resolved = try resolve()
        #expect(resolved.endpoint.description == "tcp://far:2376")
        #expect(resolved.tls == EndpointTLS(authorities: Array("CA".utf8)))
        #expect(resolved.httpHeaders.map(\.value) == ["b"])
        #expect(try resolve(["DOCKER_CONTEXT": "near"]).tls == nil)
    }

    @Test("TLS variables and options work as docker's")
    func tls() throws {
        let host = ["DOCKER_HOST": "tcp://h:2376", "DOCKER_CERT_PATH": "/certs"]
        #expect(try resolve(host).tls == nil)
        let verified = try resolve(host.merging(["DOCKER_TLS_VERIFY": "1"]) { $1 }).tls
        #expect(verified == EndpointTLS(authorities: [65], certificate: [66], key: [67]))
        // Any value but the empty one turns it on, also 0.
        #expect(try resolve(host.merging(["DOCKER_TLS_VERIFY": "0"]) { $1 }).tls == verified)
        #expect(try resolve(host.merging(["DOCKER_TLS": "1"]) { $1 }).tls?.skipsVerification == true)
        #expect(try resolve(host, .init(tlsVerify: false)).tls?.skipsVerification == true)
        let only = ["DOCKER_HOST": "tcp://h:1", "DOCKER_CERT_PATH": "/onlyca", "DOCKER_TLS_VERIFY": "1"]
        #expect(try resolve(only).tls == EndpointTLS(authorities: [65]))
        #expect(
            try resolve(["DOCKER_CONFIG": "/certs", "DOCKER_TLS_VERIFY": "1"]).endpoint.description
                == "tcp://localhost:2376")
    }

    @Test("DOCKER_API_VERSION fixes the version")
    func version() throws {
        #expect(try resolve(["DOCKER_API_VERSION": "1.40"]).apiVersion?.description == "1.40")
        #expect(try resolve(["DOCKER_API_VERSION": "v1.40"]).apiVersion?.description == "1.40")
        #expect(try resolve().apiVersion == nil)
    }

    @Test(
        "errors name the option, variable or file at fault",
        arguments: [
            (["DOCKER_HOST": "ssh://x"], "DOCKER_HOST: ssh://x"),
            (["DOCKER_CONTEXT": "none"], "context \"none\" not found"),
            (["DOCKER_CONFIG": "/bad"], "/bad/config.json: invalid JSON"),
            (["DOCKER_API_VERSION": "new"], "DOCKER_API_VERSION: \"new\""),
            (
                ["DOCKER_HOST": "tcp://h:1", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/none"],
                "cannot read /none/ca.pem: no such file"
            ),
        ])
    func errors(environment: [String: String], part: String) {
        #expect {
            try resolve(environment)
        } throws: {
            "\($0)".contains(part)
        }
    }
}
