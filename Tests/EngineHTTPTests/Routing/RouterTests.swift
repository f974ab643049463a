import DockerAPI
import Engine
import NIOHTTP1
import RawJSON
import Testing

@testable import EngineHTTP

/// Goal: each request line leads to its operation, or to dockerd's words. Method: a table of lines.
@Suite struct RouterTests {
    private static func marker(_ method: HTTPMethod, _ path: String) -> Route {
        Route(method, path) { _ in .text("\(method) \(path)") }
    }

    private let router = Router(
        [
            marker(.GET, "/containers/json"), marker(.GET, "/containers/{id}/json"), marker(.GET, "/images/json"),
            marker(.GET, "/images/{name}/json"), marker(.GET, "/images/get"), marker(.GET, "/images/{name}/get"),
            marker(.DELETE, "/images/{name}"), marker(.GET, "/networks"), marker(.GET, "/networks/{id}"),
            marker(.GET, "/_ping"), marker(.POST, "/containers/prune"), marker(.POST, "/containers/{id}/start"),
        ], identity: ServerIdentity(version: "1"))

    private func found(_ method: HTTPMethod, _ target: String) async throws -> (String, Call)? {
        guard case .found(let route, let version, let names, let query) = router.find(method, target) else {
            return nil
        }
        let call = Call(
            method: method, version: version, names: names, query: query, headers: [:], body: .document(.init()))
        guard case .later(let work) = try route.handle(call).body, case .bytes(let text) = try await work().body else {
            return nil
        }
        return (String(buffer: text), call)
    }

    private func refusal(_ method: HTTPMethod, _ target: String) throws -> (UInt, String) {
        guard case .refused(let reply) = router.find(method, target), case .bytes(let bytes) = reply.body else {
            return (0, "")
        }
        return (reply.status.code, try JSONValue.parse(bytes.readableBytesView)["message"]?.string ?? "")
    }

    @Test(arguments: [
        ("/containers/json", "GET /containers/json", ""), ("/v1.24/containers/json", "GET /containers/json", ""),
        ("/containers/web/json?size=1", "GET /containers/{id}/json", "web"),
        ("/containers/json/json", "GET /containers/{id}/json", "json"),
        ("/containers/%3Ca%3E%26b/json", "GET /containers/{id}/json", "<a>&b"),
        ("/images/127.0.0.1:5000/a/b:1/json", "GET /images/{name}/json", "127.0.0.1:5000/a/b:1"),
        ("/images/a%2Fb/json", "GET /images/{name}/json", "a/b"), ("/images/get?names=a", "GET /images/get", ""),
        ("/images/library/get", "GET /images/{name}/get", "library"), ("/networks", "GET /networks", ""),
        ("/v1.51/networks/bridge", "GET /networks/{id}", "bridge"), ("/_ping", "GET /_ping", ""),
    ])
    func findsOperations(target: String, operation: String, name: String) async throws {
        let (text, call) = try #require(try await found(.GET, target))
        #expect(text == operation)
        #expect(call.name == name)
    }

    @Test func takesTheVersionFromThePath() async throws {
        #expect(try await found(.GET, "/v1.30/_ping")?.1.version == APIVersion(major: 1, minor: 30))
        #expect(try await found(.GET, "/_ping")?.1.version == APIVersion(major: 1, minor: 51))
    }

    @Test func refusesVersionsAsDockerdDoes() throws {
        #expect(
            try refusal(.GET, "/v1.52/_ping")
                == (400, "client version 1.52 is too new. Maximum supported API version is 1.51"))
        #expect(
            try refusal(.GET, "/v1.23/nowhere")
                == (
                    400,
                    "client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade your client "
                        + "to a newer version"
                ))
    }

    @Test(arguments: [
        "/", "/nowhere", "/containers/json/", "/containers", "/vfoo/_ping", "/V1.41/_ping", "/v1.x/_ping", "//_ping",
        "/images", "/containers/web",
    ])
    func answersPageNotFound(target: String) throws {
        #expect(try refusal(.GET, target) == (404, "page not found"))
    }

    @Test func aWrongMethodIsAnUnknownPath() throws {
        #expect(try refusal(.PUT, "/_ping") == (404, "page not found"))
        #expect(try refusal(.GET, "/containers/prune") == (404, "page not found"))
    }

    @Test func malformedEscapesAreBadRequests() throws {
        #expect(try refusal(.GET, "/containers/%zz/json").0 == 400)
    }

    @Test func readsQueriesAsGoDoes() throws {
        let query = Query("a=1&b=x+y%20z&names=one&names=two&empty=&flag=True&no=0&bad=%zz")
        #expect(query["b"] == "x y z")
        #expect(query.all("names") == ["one", "two"])
        #expect(query["empty"] == "" && query.text("empty") == nil)
        #expect(query.flag("flag") && !query.flag("no") && !query.flag("absent"))
        #expect(query["bad"] == nil)
        #expect(throws: BadRequest.self) { try query.integer("b") }
        #expect(try Query("filters={\"label\":{\"a=b\":true},\"name\":[\"c\"]}").filters().names == ["label", "name"])
        #expect(throws: BadRequest.self) { try Query("filters=garbage").filters() }
    }

    @Test func readsMomentsToTheNanosecond() throws {
        #expect(try Moments.nanoseconds("1.5") == 1_500_000_000)
        #expect(try Moments.nanoseconds("1795478588.000000042") == 1_795_478_588_000_000_042)
        #expect(try Moments.nanoseconds("") == nil)
        #expect(throws: BadRequest.self) { try Moments.nanoseconds("yesterday") }
        #expect(throws: BadRequest.self) { try Moments.nanoseconds("1.x") }
    }
}
