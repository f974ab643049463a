import DockerCommand
import TestSupport
import Testing

@testable import Conformance

/// Goal: programs run as a scenario says: with pipes or a terminal, with what is typed, and always to an end.
@Suite struct DriverTests {
    static func start(_ script: String, terminal: Bool = false, hasInput: Bool = false) throws -> (
        ChildProcess, OutputTape
    ) {
        let tape = OutputTape()
        let child = try ChildProcess(
            ChildProcess.Options(
                executable: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin", "WORD": "w"],
                directory: "/", terminal: terminal ? WindowSize(rows: 40, columns: 120) : nil, hasInput: hasInput),
            tape: tape)
        return (child, tape)
    }

    static func end(_ tape: OutputTape) async throws -> (OutputTape.Content, Int32?) {
        let content = try await Deadline(after: .seconds(20)).run(awaiting: "the end") {
            try await tape.wait { $0.ending == nil ? nil : $0 }
        }
        if case .exited(let code)? = content.ending { return (content, code) }
        return (content, nil)
    }

    @Test func keepsStreamsApartAndTellsTheExitCode() async throws {
        let (_, tape) = try Self.start("echo out $WORD; echo err >&2; pwd; exit 3")
        let (content, code) = try await Self.end(tape)
        #expect(String(decoding: content.stdout, as: UTF8.self) == "out w\n/\n")
        #expect(String(decoding: content.stderr, as: UTF8.self) == "err\n")
        #expect(code == 3)
    }

    @Test func givesATerminalOfItsOwnWithItsSize() async throws {
        let (_, tape) = try Self.start(
            "stty size; test -t 0 && test -t 1 && test -t 2 && echo yes; tty > /dev/tty", terminal: true, hasInput: true
        )
        let (content, code) = try await Self.end(tape)
        let text = String(decoding: content.stdout, as: UTF8.self)
        #expect(text.hasPrefix("40 120\r\nyes\r\n/dev/pts/"))
        #expect(code == 0)
    }

    @Test func passesInputAndItsEnd() async throws {
        let (child, tape) = try Self.start("cat; echo done", hasInput: true)
        try await child.write(Array("typed\n".utf8))
        child.closeInput()
        let (content, _) = try await Self.end(tape)
        #expect(String(decoding: content.stdout, as: UTF8.self) == "typed\ndone\n")
    }

    @Test func aSignalEndsItWithItsNumber() async throws {
        let (child, tape) = try Self.start("echo up; exec sleep 100")
        _ = try await tape.wait { $0.stdout.isEmpty ? nil : $0 }
        child.signal(15)
        #expect(try await Self.end(tape).1 == 143)
    }

    @Test func interruptIsTypedIntoATerminal() async throws {
        let (child, tape) = try Self.start(
            "trap 'echo caught; exit 7' INT; echo up; while :; do sleep 1; done", terminal: true, hasInput: true)
        _ = try await tape.wait { $0.stdout.isEmpty ? nil : $0 }
        try await child.write([0x03])
        let (content, code) = try await Self.end(tape)
        #expect(String(decoding: content.stdout, as: UTF8.self).contains("caught"))
        #expect(code == 7)
    }

    @Test func waitingForOutputIsCancelledByItsDeadline() async throws {
        let tape = OutputTape()
        await #expect(throws: DeadlineExceeded.self) {
            try await Deadline(after: .milliseconds(20)).run(awaiting: "what never comes") {
                try await tape.wait { $0.ending == nil ? nil : $0 }
            }
        }
    }

    @Test func aRelayRecordsAndTellsWhenACommandIsAnswered() async throws {
        let daemon = try FakeDaemon()
        let tape = OutputTape()
        let transcript = Transcript()
        let folder = try TestDirectory.make()
        let relay = try Relay.listen(
            path: "\(folder)/r.sock", to: try .init(parsing: daemon.endpoint), transcript: transcript,
            awaited: RelayReadiness(command: "container logs"), onReady: { tape.markReady() })
        defer { relay.close() }
        let socket = try BlockingSocket.connect(to: try .init(parsing: relay.host))
        let stream = FileStream(descriptor: socket, owned: true)
        try stream.write(Array("GET /v1.51/containers/x/logs?follow=1 HTTP/1.1\r\nHost: d\r\n\r\n".utf8))
        try await Deadline(after: .seconds(20)).run(awaiting: "readiness") {
            try await tape.wait { $0.isReady ? () : nil }
        }
        let exchange = try #require(transcript.exchanges(since: 0).first)
        #expect(exchange.target == "/v1.51/containers/x/logs?follow=1")
        #expect(exchange.status == 404)
        #expect(daemon.requests == ["GET /containers/x/logs?follow=1"])
    }
}
