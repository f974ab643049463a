import DockerAPI
import Logging
import NIOCore
import RawJSON
import Testing
import TestSupport

@testable import EngineHTTP

/// A server with routes of the test's own, on a Unix socket in a folder of its own.
struct TestServer {
    let server: EngineServer
    let path: String
    private let folder: String

    static let identity = ServerIdentity(version: "1.2.3")

    static func with(
        _ routes: [Route], limits: ServerLimits = ServerLimits(), _ body: (TestServer) async throws -> Void
    ) async throws {
        let folder = try TestDirectory.make()
        defer { TestDirectory.remove(folder) }
        let server = EngineServer(
            router: Router(routes, identity: identity), identity: identity, limits: limits,
            logger: Logger(label: "test"))
        let path = "\(folder)/s"
        try await server.listen(on: Listener(EndpointURL(transport: .unix(path: path)), group: "0"))
        do {
            try await body(TestServer(server: server, path: path, folder: folder))
        } catch {
            await server.close(grace: .seconds(1))
            throw error
        }
        await server.close(grace: .seconds(1))
    }

    func connect() throws -> RawConnection { try RawConnection(unix: path) }
}

extension Route {
    /// Answers what it was asked: method, name, version, query `q`, and the body.
    static let echo = Route(.POST, "/echo/{name}") { call in
        guard case .document(let bytes) = call.body else { return .text("no document") }
        return .text("\(call.name) \(call.version) \(call.query["q"] ?? "-") \(String(buffer: bytes))")
    }
    /// Answers `fine`.
    static let fine = Route(.GET, "/fine") { _ in .text("fine") }
}
