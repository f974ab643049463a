import Dispatch
import DockerAPI
import Foundation
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

    static let identity = ServerIdentity(version: "1.2.3")

    /// Runs a client on a thread of its own: it waits on sockets, and must not keep the server's tasks from running.
    static func with(
        _ routes: [Route], isWhole: Bool = true, limits: ServerLimits = ServerLimits(),
        _ client: @escaping @Sendable (TestServer) throws -> Void
    ) async throws {
        let folder = try TestDirectory.make()
        defer { TestDirectory.remove(folder) }
        let server = EngineServer(
            router: Router(routes, identity: identity, isWhole: isWhole), identity: identity, limits: limits,
            logger: Logger(label: "test"))
        let path = "\(folder)/s"
        try await server.listen(on: Listener(EndpointURL(transport: .unix(path: path)), group: "0"))
        let outcome = await ClientThread.run { try client(TestServer(server: server, path: path)) }
        await server.close(grace: .seconds(1))
        try outcome.get()
    }

    /// Closes the server, seen from the client's thread.
    func close() {
        let done = DispatchSemaphore(value: 0)
        Task {
            await server.close(grace: .seconds(5))
            done.signal()
        }
        done.wait()
    }

    func connect() throws -> RawConnection { try RawConnection(unix: path) }
}

/// A thread for code that blocks; as a task's executor, since what is expected elsewhere counts for no test.
final class ClientThread: TaskExecutor {
    private static let shared = ClientThread()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    static func run(_ body: @escaping @Sendable () throws -> Void) async -> Result<Void, any Error> {
        await Task(executorPreference: shared) { try body() }.result
    }
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
