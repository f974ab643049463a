import Dispatch
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import EngineHTTP

/// Goal: streams flow both ways, each at the pace of its reader, and end when they should. Method: raw sockets.
@Suite struct StreamTests {
    private static let upgrade = "Connection: Upgrade\r\nUpgrade: tcp\r\n"

    /// Sends back what comes, then `bye` when the client has closed its half.
    private static let mirror = Route(.POST, "/mirror", abandoning: .cancels) { _ in
        .hijack("application/vnd.docker.raw-stream") { stream in
            for try await bytes in stream.input { try await stream.write(bytes) }
            try await stream.write(ByteBuffer(string: "bye"))
        }
    }

    @Test func upgradesWhereTheClientAsks() async throws {
        try await TestServer.with([Self.mirror]) { server in
            let client = try server.connect()
            try client.send("POST /mirror HTTP/1.1\r\nHost: x\r\n\(Self.upgrade)\r\n")
            let head = try client.head()
            #expect(head.hasPrefix("HTTP/1.1 101 UPGRADED\r\n"))
            #expect(head.contains("Connection: Upgrade\r\n") && head.contains("Upgrade: tcp\r\n"))
            #expect(head.contains("Content-Type: application/vnd.docker.raw-stream\r\n"))
            try client.send("hello")
            #expect(try client.read(count: 5) == Array("hello".utf8))
            client.closeOutput()
            #expect(try client.rest() == "bye")
        }
    }

    @Test func speaksRawBehindA200WhereItDoesNot() async throws {
        try await TestServer.with([Self.mirror]) { server in
            let client = try server.connect()
            try client.send("POST /mirror HTTP/1.1\r\nHost: x\r\n\r\n")
            let head = try client.head()
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(!head.contains("Upgrade") && !head.contains("chunked") && !head.contains("Content-Length"))
            client.closeOutput()
            #expect(try client.rest() == "bye")
        }
    }

    @Test(arguments: ["", upgrade]) func inputSentWithTheRequestIsNotLost(header: String) async throws {
        try await TestServer.with([Self.mirror]) { server in
            let client = try server.connect()
            try client.send(
                "POST /mirror HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\(header)\r\n{}GET /early HTTP/1.1\r\n\r\n")
            _ = try client.head()
            client.closeOutput()
            #expect(try client.rest() == "GET /early HTTP/1.1\r\n\r\nbye")
        }
    }

    @Test func outputCanEndBeforeInput() async throws {
        let ended = Route(.POST, "/ended") { _ in
            .hijack("application/vnd.docker.raw-stream") { stream in
                try await stream.write(ByteBuffer(string: "last"))
                stream.closeOutput()
                for try await _ in stream.input {}
            }
        }
        try await TestServer.with([ended]) { server in
            let client = try server.connect()
            try client.send("POST /ended HTTP/1.1\r\nHost: x\r\n\(Self.upgrade)\r\n")
            _ = try client.head()
            #expect(try client.rest() == "last")
            try client.send("still heard")
        }
    }

    @Test func hijackedInputWaitsForItsReader() async throws {
        let (gate, opened) = AsyncStream<Void>.makeStream()
        let slow = Route(.POST, "/slow") { _ in
            .hijack("application/vnd.docker.raw-stream") { stream in
                for await _ in gate {}
                var count = 0
                for try await bytes in stream.input { count += bytes.readableBytes }
                try await stream.write(ByteBuffer(string: "\(count)"))
            }
        }
        try await TestServer.with([slow]) { server in
            let client = try server.connect()
            try client.send("POST /slow HTTP/1.1\r\nHost: x\r\n\(Self.upgrade)\r\n")
            _ = try client.head()
            let taken = client.sendWhileTaken(limit: 64 << 20)
            #expect(taken < 16 << 20, "\(taken) bytes were taken that nobody reads")
            opened.finish()
            client.closeOutput()
            #expect(try client.rest() == "\(taken)")
        }
    }

    @Test func outputWaitsForTheClient() async throws {
        let written = Mutex(0)
        let endless = Route(.GET, "/endless", abandoning: .cancels) { _ in
            .stream("text/plain") { writer in
                let piece = ByteBuffer(repeating: 0x78, count: 64 * 1024)
                while true {
                    try await writer.write(piece)
                    written.withLock { $0 += piece.readableBytes }
                }
            }
        }
        try await TestServer.with([endless, .fine]) { server in
            let client = try server.connect()
            try client.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try client.head()
            // Another client's answers show that time passes while the first one does not read.
            for _ in 0..<200 {
                let other = try server.connect()
                try other.send("GET /fine HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = try other.head()
            }
            #expect(written.withLock { $0 } < 16 << 20)
        }
    }

    @Test func uploadsWaitForTheirReader() async throws {
        let (gate, opened) = AsyncStream<Void>.makeStream()
        let upload = Route(.PUT, "/upload", input: .stream) { call in
            for await _ in gate {}
            var count = 0
            if let input = call.upload { for try await bytes in input { count += bytes.readableBytes } }
            return .text("\(count)")
        }
        try await TestServer.with([upload]) { server in
            let client = try server.connect()
            let length = 64 << 20
            try client.send("PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\n\r\n")
            let taken = client.sendWhileTaken(limit: length)
            #expect(taken < 16 << 20)
            opened.finish()
            try client.send([UInt8](repeating: 0x78, count: length - taken))
            _ = try client.head()
            #expect(try client.read(through: "\(length)") == "\(length)")
        }
    }

    @Test func aBrokenUploadIsAnError() async throws {
        let upload = Route(.PUT, "/upload", input: .stream) { call in
            if let input = call.upload { for try await _ in input {} }
            return .text("all of it")
        }
        try await TestServer.with([upload]) { server in
            let client = try server.connect()
            try client.send("PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
            client.closeOutput()
            #expect(try client.rest().hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func theHeadOfAStreamComesBeforeItsFirstByte() async throws {
        let (gate, opened) = AsyncStream<Void>.makeStream()
        let late = Route(.GET, "/late") { _ in
            .stream("application/json") { writer in
                for await _ in gate {}
                try await writer.write("{}")
            }
        }
        try await TestServer.with([late]) { server in
            let client = try server.connect()
            try client.send("GET /late HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try client.head().contains("Transfer-Encoding: chunked"))
            opened.finish()
            #expect(try client.read(through: "0\r\n\r\n") == "2\r\n{}\r\n0\r\n\r\n")
        }
    }

    @Test func aLateStreamThatFailsAtOnceIsAnErrorAndALaterFaultIsNot() async throws {
        let failing = Route(.GET, "/failing/{how}") { call in
            let isLate = call.name == "later"
            return .lateStream("application/json") { writer in
                if isLate { try await writer.write("{}") }
                throw BadRequest("no such thing", status: .notFound)
            }
        }
        try await TestServer.with([failing]) { server in
            let client = try server.connect()
            try client.send("GET /failing/atonce HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try client.head().hasPrefix("HTTP/1.1 404 "))
            #expect(try client.read(through: "\n") == "{\"message\":\"no such thing\"}\n")
            try client.send("GET /failing/later HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try client.head().hasPrefix("HTTP/1.1 200 "))
            let rest = try client.rest()
            #expect(!rest.contains("0\r\n\r\n"), "what broke off must not look whole")
        }
    }

    @Test(arguments: [true, false]) func aClientThatGoesCancelsWhatOnlyItWaitsFor(cancels: Bool) async throws {
        let outcome = Mutex<Bool?>(nil)
        let told = DispatchSemaphore(value: 0)
        let started = DispatchSemaphore(value: 0)
        let (gate, opened) = AsyncStream<Void>.makeStream()
        let waiting = Route(.GET, "/waiting", abandoning: cancels ? .cancels : .completes) { _ in
            started.signal()
            for await _ in gate {}
            outcome.withLock { $0 = Task.isCancelled }
            told.signal()
            return .text("over")
        }
        try await TestServer.with([waiting, .fine]) { server in
            var client: RawConnection? = try server.connect()
            try client?.send("GET /waiting HTTP/1.1\r\nHost: x\r\n\r\n")
            started.wait()
            client = nil
            if !cancels {
                // The loop that noticed the end has served another client since.
                let other = try server.connect()
                try other.send("GET /fine HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = try other.head()
                opened.finish()
            }
            told.wait()
            #expect(outcome.withLock { $0 } == cancels)
        }
    }

    @Test func closingEndsStreamsAndIdleConnections() async throws {
        try await TestServer.with([Self.mirror, .fine]) { server in
            let idle = try server.connect()
            try idle.send("GET /fine HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try idle.head()
            let streaming = try server.connect()
            try streaming.send("POST /mirror HTTP/1.1\r\nHost: x\r\n\(Self.upgrade)\r\n")
            _ = try streaming.head()
            server.close()
            #expect(try idle.rest() == "fine")
            _ = try streaming.rest()
            #expect(server.server.connectionCount == 0)
        }
    }
}
