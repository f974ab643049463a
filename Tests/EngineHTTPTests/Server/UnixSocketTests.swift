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
        let folder = try TestDirectory.make()
        defer { TestDirectory.remove(folder) }
        try await server.listen(on: listener("\(folder)/s"))
        let second = EngineServer(
            router: Router([], identity: TestServer.identity), identity: TestServer.identity,
            logger: Logger(label: "test"))
        await #expect(throws: ListenFault.self) { try await second.listen(on: listener("\(folder)/s")) }
        #expect(SocketProbe.isAnswered("\(folder)/s"))
        await server.close(grace: .seconds(1))
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
