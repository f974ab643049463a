import DockerAPI
import DockerClient
import DockerCommand
import Foundation
import Synchronization
import TestSupport
import Testing

/// Every documented command sends what docker's CLI 28.2 sends, prints what it prints and ends as it ends.
@Suite(.serialized) struct RecordingTests {
    /// Commands that docker's CLI too sends for several objects at once, in any order.
    private static let concurrent: Set<String> = ["rm-absent"]
    /// Commands whose client part names the client's own build.
    private static let namesClient: Set<String> = ["ping-version"]

    @Test func recordingsExist() {
        #expect(RecordedCommand.names.count > 120)
    }

    @Test(arguments: RecordedCommand.names)
    func behavesAsDocker(_ name: String) async throws {
        // The recording was made within this second or the next.
        let first = try await replay(name, clockOffset: 0)
        let outcome = first.isEqual ? first : try await replay(name, clockOffset: 1)
        let best = outcome.isEqual ? outcome : first
        #expect(best.requests == best.expected.requests)
        #expect(best.stdout == best.expected.stdout)
        #expect(best.stderr == best.expected.stderr)
        #expect(best.exitCode == best.expected.exitCode)
    }

    private struct Outcome {
        struct Expected {
            var requests: [String]
            var stdout: String
            var stderr: String
            var exitCode: Int32
        }
        var requests: [String]
        var stdout: String
        var stderr: String
        var exitCode: Int32
        var expected: Expected

        var isEqual: Bool {
            requests == expected.requests && stdout == expected.stdout && stderr == expected.stderr
                && exitCode == expected.exitCode
        }
    }

    private func replay(_ name: String, clockOffset: Int64) async throws -> Outcome {
        let directory = try TestDirectory.make()
        defer { TestDirectory.remove(directory) }
        try prepare(directory)
        let recording = try RecordedCommand(name, directory: directory, socket: "unix:///run/recorded.sock")
        let daemon = ReplayServer(recording.exchanges)
        let server = try ScriptedServer { try daemon.serve($0) }
        defer { server.stop() }
        let printed = Printed()
        var exitCode: Int32 = 0
        for (index, line) in recording.invocations.enumerated() {
            let isLast = index == recording.invocations.count - 1
            exitCode = try await run(
                line.arguments, recording, server, directory, isLast ? recording.stdin : "", printed,
                isQuiet: line.isQuiet, now: recording.now + clockOffset)
        }
        let unordered = Self.concurrent.contains(name)
        func listed(_ requests: [RecordedCommand.Request]) -> [String] {
            let texts = requests.map(\.description)
            return unordered ? texts.sorted() : texts
        }
        func lines(_ text: String) -> String {
            unordered ? text.components(separatedBy: "\n").sorted().joined(separator: "\n") : text
        }
        func shown(_ text: String) -> String {
            // Runtimes are a map in Go, printed in any order.
            let text = text.components(separatedBy: "\n").map { line in
                line.hasPrefix(" Runtimes: ") ? line.components(separatedBy: " ").sorted().joined(separator: " ") : line
            }.joined(separator: "\n")
            return Self.namesClient.contains(name)
                ? String(text[(text.range(of: "Server:")?.lowerBound ?? text.startIndex)...]) : text
        }
        return Outcome(
            requests: listed(daemon.requests), stdout: shown(printed.stdout), stderr: lines(printed.stderr),
            exitCode: exitCode,
            expected: .init(
                requests: listed(recording.requests), stdout: shown(recording.stdout), stderr: lines(recording.stderr),
                exitCode: recording.exitCode))
    }

    private func run(
        _ arguments: [String], _ recording: RecordedCommand, _ server: ScriptedServer, _ directory: String,
        _ stdin: String, _ printed: Printed, isQuiet: Bool, now: Int64
    ) async throws -> Int32 {
        let box = InputBox(input: stdin)
        let io = CommandIO(
            readInput: { box.next() },
            writeOutput: { if !isQuiet { printed.out($0) } }, writeError: { printed.error($0) },
            currentDirectory: directory, environment: ["REC_VALUE": "from the environment"], now: { now })
        let configuration = DockerClient.Configuration(
            endpoint: try EndpointURL(parsing: server.endpoint),
            version: .negotiate(maximum: APIVersion(major: 1, minor: 50), minimum: APIVersion(major: 1, minor: 24)))
        let client = try DockerClient(configuration: configuration)
        do {
            return try await DockerInvocation.parse(arguments).run(client: client, io: io)
        } catch let error as UsageError {
            printed.error(Array((error.message + "\n").utf8))
            return error.exitCode
        }
    }

    private func prepare(_ directory: String) throws {
        let files = [
            "rec.env": "A=1\n# comment\nREC_VALUE\nB=two words\n", "rec.labels": "k=v\nempty\n", "saved.tar": "tar",
            "exported.tar": "tar",
        ]
        for (name, text) in files { try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name)")) }
        try FileManager.default.createDirectory(atPath: "\(directory)/tree", withIntermediateDirectories: true)
        try Data("hello\n".utf8).write(to: URL(filePath: "\(directory)/tree/hello.txt"))
    }
}

/// Input that is read once.
private final class InputBox: Sendable {
    private let rest: Mutex<[UInt8]?>
    init(input: String) { rest = Mutex(input.isEmpty ? nil : Array(input.utf8)) }
    func next() -> [UInt8]? {
        rest.withLock { rest in
            defer { rest = nil }
            return rest
        }
    }
}
