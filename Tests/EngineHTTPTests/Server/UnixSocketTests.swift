import DockerAPI
import Glibc
import Logging
import NIOCore
import TestSupport
import Testing

@testable import EngineHTTP

/// Goal: the socket is for its group alone, and nobody's socket is taken away. Method: real files.
@Suite struct UnixSocketTests {
    private let server = EngineServer(
        router: Router([.fine], identity: TestServer.identity), identity: TestServer.identity,
        logger: Logger(label: "test"))

    private func listener(_ path: String, group: String? = "0") -> Listener {
        Listener(EndpointURL(transport: .unix(path: path)), group: group)
    }

    @Test func isForItsOwnerAndGroupAlone() async throws {
        try await TestServer.with([.fine]) { server in
            var status = stat()
            #expect(stat(server.path, &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o660)
        }
    }

    @Test func doesNotTakeALivingDaemonsSocket() async throws {
        try await TestServer.with([.fine]) { running in
            await #expect(throws: ListenFault.self) { try await server.listen(on: listener(running.path)) }
            let client = try running.connect()
            try client.send("GET /fine HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try client.head().hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func replacesASocketNobodyAnswersOn() async throws {
        let folder = try TestDirectory.make()
        defer { TestDirectory.remove(folder) }
        let path = "\(folder)/s"
        let dead = try UnixSocket.bind(path, group: "0")
        Glibc.close(dead)
        try await server.listen(on: listener(path))
        #expect(SocketProbe.isAnswered(path))
        await server.close(grace: .seconds(1))
        #expect(access(path, F_OK) != 0, "the socket goes with the server")
    }

    @Test func leavesOtherFilesAlone() async throws {
        let folder = try TestDirectory.make()
        defer { TestDirectory.remove(folder) }
        let path = "\(folder)/s"
        Glibc.close(open(path, O_CREAT | O_WRONLY, 0o600))
        await #expect(throws: ListenFault.self) { try await server.listen(on: listener(path)) }
        #expect(access(path, F_OK) == 0)
    }

    @Test func namesAGroupThatDoesNotExist() async throws {
        let folder = try TestDirectory.make()
        defer { TestDirectory.remove(folder) }
        do {
            try await server.listen(on: listener("\(folder)/s", group: "nobodys-group"))
            Issue.record("it listens")
        } catch {
            #expect(error.description.contains("nobodys-group") && error.description.contains("--group"))
        }
    }
}
