import Scenario
import Testing

/// Goal: a request is told by its operation, whatever version stands before its path and whatever an image is called.
@Suite struct OperationTests {
    @Test(arguments: [
        ("GET", "/v1.51/containers/json", "GET /containers/json"),
        ("GET", "/containers/web/json", "GET /containers/{id}/json"),
        ("DELETE", "/v1.41/images/127.0.0.1:5000/a/b:latest", "DELETE /images/{name}"),
        ("GET", "/v1.51/images/127.0.0.1:5000/a/b/json", "GET /images/{name}/json"),
        ("GET", "/images/json", "GET /images/json"),
        ("HEAD", "/_ping", "HEAD /_ping"),
    ])
    func isFound(method: String, path: String, operation: String) {
        #expect(EngineOperation.find(method: method, path: path)?.description == operation)
    }

    @Test(arguments: [("GET", "/v1.51/containers/a/b/json"), ("PATCH", "/info"), ("GET", "/"), ("GET", "/v1.51")])
    func isNone(method: String, path: String) {
        #expect(EngineOperation.find(method: method, path: path) == nil)
    }
}
