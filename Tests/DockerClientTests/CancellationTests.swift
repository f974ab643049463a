import DockerAPI
import DockerClient
import Foundation
import TestSupport
import Testing

@Suite("Cancellation and resources", .serialized)
struct CancellationTests {
    @Test("cancelling a task that awaits the head ends at once and closes the connection")
    func head() async throws {
        let arrived = Signal()
        let gone = Signal()
        let server = try ScriptedServer { connection in
            try connection.readHead()
            arrived.give()
            try connection.readToEnd()
            gone.give()
        }
        let client = try server.client()
        let task = Task { try await client.send(get) }
        try arrived.arrive()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try gone.arrive()
    }

    @Test("cancelling a task that reads a stream closes the connection")
    func stream() async throws {
        let gone = Signal()
        let server = try ScriptedServer { connection in
            try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\n\r\nx")
            try connection.readToEnd()
            gone.give()
        }
        let stream = try await server.client().open(get)
        let reading = Signal()
        let task = Task {
            for try await _ in stream { reading.give() }
        }
        try reading.arrive()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try gone.arrive()
    }

    @Test("a stream that is let go closes its connection")
    func letGo() async throws {
        let gone = Signal()
        let server = try ScriptedServer { connection in
            try connection.readHead()
            try connection.write(upgraded)
            try connection.readToEnd()
            gone.give()
        }
        _ = try await server.client().open(EngineRequest("POST", "/x", versioning: .unversioned, upgrade: .tcp))
        try gone.arrive()
    }

    @Test("a task cancelled before it starts opens no connection that stays")
    func early() async throws {
        let server = try ScriptedServer { try $0.readToEnd() }
        let client = try server.client()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            _ = try await client.send(get)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("many requests at once, some cancelled at any moment, end as they should")
    func stress() async throws {
        let server = try ScriptedServer { connection in
            try connection.readHead()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
            try connection.write("ok")
        }
        let client = try server.client()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let task = Task { try await client.send(get).text }
                    guard index % 2 == 1 else {
                        let text = try await task.value
                        #expect(text == "ok")
                        return
                    }
                    for _ in 0..<index { await Task.yield() }
                    task.cancel()
                    do {
                        let text = try await task.value
                        #expect(text == "ok")
                    } catch is CancellationError {
                        return
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    #if os(Linux)
        @Test("answers, errors, cancellations and dropped streams leave no descriptor of this client open")
        func descriptors() async throws {
            let server = try ScriptedServer { connection in
                let head = try connection.readHead()
                if head.contains("/silent") { try connection.readToEnd() }
                if head.contains("/garbage") { try connection.write("nonsense") }
                if head.contains("/ok") { try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") }
                try connection.readToEnd()
            }
            let client = try server.client()
            for _ in 0..<10 {
                _ = try await client.send(EngineRequest("GET", "/ok", versioning: .unversioned))
                await #expect(throws: DockerClientError.self) {
                    try await client.send(
                        EngineRequest("GET", "/silent", versioning: .unversioned, headDeadline: .milliseconds(20)))
                }
                await #expect(throws: DockerClientError.self) {
                    try await client.send(EngineRequest("GET", "/garbage", versioning: .unversioned))
                }
                let stream = try await client.open(EngineRequest("GET", "/ok", versioning: .unversioned))
                await stream.close()
            }
            #expect(try Self.connections(to: server.socketPath) == 0)
        }

        /// Client sockets have no path of their own; their peers, which do, close once the client has.
        private static func connections(to path: String) throws -> Int {
            var open = Int.max
            let deadline = ContinuousClock.now + .seconds(ServerConnection.patience)
            repeat {
                let table = try String(contentsOfFile: "/proc/net/unix", encoding: .utf8)
                // Column 6 is the state; 03 is connected (proc(5)).
                open = table.split(separator: "\n").count { $0.hasSuffix(path) && $0.split(separator: " ")[5] == "03" }
            } while open > 0 && ContinuousClock.now < deadline
            return open
        }
    #endif
}
