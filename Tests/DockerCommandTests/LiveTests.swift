import DockerAPI
import DockerClient
import DockerCommand
import Foundation
import Synchronization
import TestSupport
import Testing

/// Conversations with a real daemon, where DRYDOCK_TEST_HOST names one that has the image DRYDOCK_TEST_IMAGE with `sh`.
@Suite(
    .serialized,
    .enabled(
        if: ProcessInfo.processInfo.environment["DRYDOCK_TEST_HOST"] != nil,
        "DRYDOCK_TEST_HOST names no daemon to try this on"))
struct LiveTests {
    private let image = ProcessInfo.processInfo.environment["DRYDOCK_TEST_IMAGE"] ?? "busybox"

    private func run(
        _ arguments: [String], input: String = "", tty: Bool = false, signals: AsyncStream<String>? = nil,
        onOutput: @escaping @Sendable ([UInt8]) -> Void = { _ in }
    ) async throws -> (code: Int32, printed: Printed) {
        let host = try #require(ProcessInfo.processInfo.environment["DRYDOCK_TEST_HOST"])
        let client = try DockerClient(configuration: .init(endpoint: try EndpointURL(parsing: host)))
        let printed = Printed()
        let pending = Mutex<[UInt8]?>(input.isEmpty ? nil : Array(input.utf8))
        let held = AsyncStream<Void>.makeStream()
        let io = CommandIO(
            readInput: {
                if let bytes = pending.withLock({ value in
                    defer { value = nil }
                    return value
                }) {
                    return bytes
                }
                if tty { for await _ in held.stream {} }
                return nil
            },
            writeOutput: {
                printed.out($0)
                onOutput($0)
            }, writeError: { printed.error($0) }, isStdinTTY: tty, isStdoutTTY: tty,
            windowSize: { tty ? WindowSize(rows: 33, columns: 99) : nil },
            signals: { signals ?? AsyncStream { $0.finish() } }, currentDirectory: NSTemporaryDirectory())
        return (try await DockerInvocation.parse(arguments).run(client: client, io: io), printed)
    }

    @Test func runGivesOutputInputAndExitCode() async throws {
        let result = try await run(
            ["run", "--rm", "-i", image, "sh", "-c", "read x; echo got $x; echo e >&2; exit 7"], input: "word\n")
        #expect(result.code == 7)
        #expect(result.printed.stdout == "got word\n" && result.printed.stderr == "e\n")
    }

    @Test func aTerminalHasTheWindowsSize() async throws {
        let result = try await run(["run", "--rm", "-it", image, "sh"], input: "stty size; exit 5\n", tty: true)
        #expect(result.code == 5)
        #expect(result.printed.stdout.contains("33 99"))
    }

    @Test func detachKeysLeaveTheContainerRunning() async throws {
        let name = "drydock-live-detach"
        let result = try await run(["run", "-it", "--name", name, image, "sh"], input: "\u{10}\u{11}", tty: true)
        #expect(result.code == 0)
        #expect(try await run(["inspect", "-f", "{{.State.Running}}", name]).printed.stdout == "true\n")
        #expect(try await run(["exec", name, "sh", "-c", "exit 3"]).code == 3)
        #expect(try await run(["rm", "-f", name]).code == 0)
    }

    @Test func signalsReachTheContainer() async throws {
        let (signals, source) = AsyncStream<String>.makeStream()
        let script = "trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.1; done"
        let result = try await run(["run", "--rm", image, "sh", "-c", script], signals: signals) { _ in
            source.yield("INT")
        }
        #expect(result.code == 9)
        #expect(result.printed.stdout == "ready\ncaught\n")
    }

    @Test func filesGoInAndComeBack() async throws {
        let name = "drydock-live-copy"
        let folder = try TestDirectory.make()
        defer { TestDirectory.remove(folder) }
        try Data("hello\n".utf8).write(to: URL(filePath: folder + "/in.txt"))
        #expect(try await run(["create", "--name", name, image, "sh"]).code == 0)
        #expect(try await run(["cp", folder + "/in.txt", "\(name):/tmp/renamed.txt"]).code == 0)
        #expect(try await run(["cp", "\(name):/tmp/renamed.txt", folder + "/out.txt"]).code == 0)
        #expect(try String(contentsOfFile: folder + "/out.txt", encoding: .utf8) == "hello\n")
        #expect(try await run(["rm", name]).code == 0)
    }
}
