import DockerAPI
import RawJSON
import Testing

@Suite("Endpoints, versions, query values")
struct EndpointTests {
    @Test(
        "hosts are completed as docker's CLI completes them",
        arguments: [
            ("unix:///run/x.sock", "unix:///run/x.sock"),
            ("unix://", "unix:///var/run/docker.sock"),
            ("unix://x.sock", "unix://x.sock"),
            ("tcp://10.0.0.1:99", "tcp://10.0.0.1:99"),
            ("tcp://", "tcp://localhost:2375"),
            ("tcp://:7777", "tcp://localhost:7777"),
            ("tcp://h", "tcp://h:2375"),
            ("h:1", "tcp://h:1"),
            ("tcp://[::1]:80", "tcp://[::1]:80"),
            ("tcp://h:1/prefix/", "tcp://h:1/prefix"),
            ("http://h:1", "tcp://h:1"),
            ("https://h", "https://h:2376"),
            ("  tcp://h:1\n", "tcp://h:1"),
        ])
    func parsing(text: String, expected: String) throws {
        let endpoint = try EndpointURL(parsing: text)
        #expect(endpoint.description == expected)
        #expect(try EndpointURL(parsing: expected) == endpoint)
    }

    @Test(
        "what cannot be reached is refused with the way out",
        arguments: [
            ("", "the host is empty"), ("ssh://me@h", "forward the socket"),
            ("npipe:////./pipe/x", "cannot be reached"),
            ("fd://", "cannot be reached"), ("gopher://x", "unknown scheme gopher"), ("tcp://h:0", "not a port"),
            ("tcp://h:70000", "not a port"), ("tcp://h:x", "not a port"), ("tcp://a b:1", "not a host"),
            ("tcp://::1:80", "not a host"),
            ("unix:///" + String(repeating: "x", count: 107), "108 bytes"),
        ])
    func refusals(text: String, part: String) {
        #expect {
            try EndpointURL(parsing: text)
        } throws: {
            "\($0)".contains(part)
        }
    }

    @Test("versions compare by number and reject anything else")
    func versions() throws {
        #expect(try #require(APIVersion("1.9")) < #require(APIVersion("1.10")))
        #expect(APIVersion("1.51")?.description == "1.51")
        for text in ["", "1", "1.", ".1", "v1.2", "1.2.3", "1.-2", "1.2 ", "99999999.1"] {
            #expect(APIVersion(text) == nil, "\(text)")
        }
    }

    @Test("booleans follow moby's BoolValue")
    func booleans() {
        for text in ["1", "true", "True", "yes", "2", "anything"] { #expect(QueryBoolean.value(text), "\(text)") }
        for text in ["", "0", "no", "No", "false", "FALSE", "none", " 0 "] {
            #expect(!QueryBoolean.value(text), "\(text)")
        }
        #expect(!QueryBoolean.value(nil))
        #expect(QueryBoolean.value(nil, default: true))
        #expect(!QueryBoolean.value("", default: true))
    }

    @Test("filters read both forms and write the newer, sorted")
    func filters() throws {
        let both = try [
            Filters(parsing: #"{"label":["b","a=<"],"x":[]}"#),
            Filters(parsing: #"{"x":{},"label":{"a=<":true,"b":true,"c":false}}"#),
        ]
        #expect(both[0] == both[1])
        #expect(both[0].text == #"{"label":{"a=\u003c":true,"b":true},"x":{}}"#)
        #expect(both[0]["label"] == ["a=<", "b"])
        for text in ["[]", "{", #"{"a":1}"#, #"{"a":[1]}"#, #"{"a":{"b":1}}"#] {
            #expect(throws: FiltersError.self) { try Filters(parsing: text) }
        }
        #expect(try Filters(parsing: "").isEmpty)
    }

    @Test("registry credentials are base64url of JSON, with or without padding")
    func registryAuth() throws {
        let auth = RegistryAuth(username: "u?>", password: "p~~", serverAddress: "127.0.0.1:5000")
        #expect(try RegistryAuth(headerValue: auth.headerValue) == auth)
        #expect(RegistryAuth.none.headerValue == "e30=")
        #expect(try RegistryAuth(headerValue: "e30") == .none)
        #expect(throws: RegistryAuthError.notBase64) { try RegistryAuth(headerValue: "%%") }
        #expect(throws: RegistryAuthError.notObject) { try RegistryAuth(headerValue: "bm8=") }
    }
}
