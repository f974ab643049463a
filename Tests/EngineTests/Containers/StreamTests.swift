import Testing

@testable import Engine

@Suite(.enabled(if: Machine.isFit, Machine.why), .serialized, .timeLimit(.minutes(2)))
struct StreamTests {
    @Test func whoAttachesBeforeTheStartSeesTheFirstByte() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let id = try await engine.create(Harbour.request("sh", "-c", "echo quick; echo trouble >&2")).id
            var options = AttachOptions()
            (options.stream, options.stdout, options.stderr) = (true, true, true)
            let session = try await engine.attach(id, options)
            try await engine.start(id)
            let text = try await Harbour.collect(session)
            #expect(text.contains("quick\n"))
            #expect(text.contains("trouble\n"))
        }
    }

    @Test func inputReachesTheProcessAndEnds() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let id = try await engine.create(
                Harbour.request("cat") { request in
                    request.configuration.openStdin = true
                    request.configuration.stdinOnce = true
                }
            ).id
            var options = AttachOptions()
            (options.stream, options.stdin, options.stdout) = (true, true, true)
            let session = try await engine.attach(id, options)
            try await engine.start(id)
            try await session.write(Array("over the wire".utf8))
            await session.closeInput()
            #expect(try await Harbour.collect(session) == "over the wire")
            #expect(try await harbour.exitCode(id) == 0)
        }
    }

    @Test func execsRunInsideAndTellTheirCode() async throws {
        try await Harbour.with { harbour in
            let engine = harbour.engine
            let id = try await harbour.run(Harbour.request("sleep", "600"))
            var configuration = ExecConfiguration()
            configuration.attachStdout = true
            configuration.command = ["sh", "-c", "echo inside; exit 9"]
            let exec = try engine.createExec(id, configuration)
            let session = try engine.startExec(exec, ExecStartOptions())
            #expect(try await Harbour.collect(session) == "inside\n")
            var details = try engine.inspectExec(exec)
            for _ in 0..<100 where details.isRunning { details = try engine.inspectExec(exec) }
            #expect(details.exitCode == 9)
            configuration.command = ["nosuch"]
            let missing = try engine.createExec(id, configuration)
            let sorry = try engine.startExec(missing, ExecStartOptions())
            #expect(try await Harbour.collect(sorry).contains("executable file not found in $PATH"))
            #expect(try engine.inspectExec(missing).exitCode == 127)
        }
    }

    @Test func followingEndsWithTheContainer() async throws {
        try await Harbour.with { harbour in
            let id = try await harbour.run(Harbour.request("sh", "-c", "echo one; sleep 1; echo two"))
            var query = LogQuery()
            query.follows = true
            var text = ""
            for try await batch in try await harbour.engine.logs(id, query).reader {
                for entry in batch.entries { text += String(decoding: batch.bytes[entry.text], as: UTF8.self) }
            }
            #expect(text == "one\ntwo\n")
        }
    }

    @Test func detachKeysAreFoundAcrossWrites() throws {
        var scanner = DetachScanner(try DetachKeys("ctrl-p,ctrl-q"))
        #expect(scanner.scan([1, 16]) == ([1], false))
        #expect(scanner.scan([16]) == ([16], false))
        #expect(scanner.scan([17, 5]) == ([], true))
        #expect(throws: EngineError.self) { try DetachKeys("no-such-key") }
    }
}
