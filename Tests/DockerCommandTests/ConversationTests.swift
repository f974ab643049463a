import DockerAPI
import DockerClient
import DockerCommand
import Foundation
import Synchronization
import TestSupport
import Testing

/// What a recording cannot show: daemons of other versions, terminals that change, files that cannot be written.
struct ConversationTests {
    private func run(_ arguments: [String], endpoint: String, io: CommandIO) async throws -> Int32 {
        let client = try DockerClient(configuration: .init(endpoint: try EndpointURL(parsing: endpoint)))
        return try await DockerInvocation.parse(arguments).run(client: client, io: io)
    }

    @Test(arguments: [("1.43", true), ("1.44", false)])
    func olderDaemonsAreAskedToCheckForDuplicateNetworks(_ version: String, _ asks: Bool) async throws {
        let body = Mutex("")
        let daemon = try FakeDaemon { request in
            switch request.path {
            case "/_ping":
                return .init(status: 200, headers: [("Api-Version", version), ("Ostype", "linux")], body: "OK")
            case "/networks/create":
                body.withLock { $0 = String(decoding: request.body, as: UTF8.self) }
                return .json(#"{"Id":"n"}"#, status: 201)
            default: return nil
            }
        }
        defer { daemon.stop() }
        let printed = Printed()
        let io = CommandIO(
            writeOutput: { printed.out($0) }, writeError: { printed.error($0) }, currentDirectory: "/")
        #expect(try await run(["network", "create", "net"], endpoint: daemon.endpoint, io: io) == 0)
        #expect(body.withLock { $0 }.contains(#""Name":"net","CheckDuplicate":true"#) == asks)
    }

    /// A directory stands where the file is to go.
    @Test func aFileThatCannotBeWrittenIsReportedInTheSystemsWords() async throws {
        let directory = try TestDirectory.make()
        defer { TestDirectory.remove(directory) }
        try FileManager.default.createDirectory(
            atPath: "\(directory)/hello.txt", withIntermediateDirectories: true)
        let recording = try RecordedCommand("cp-out-contents-into", directory: directory, socket: "")
        let daemon = ReplayServer(recording.exchanges)
        let server = try ScriptedServer { try daemon.serve($0) }
        defer { server.stop() }
        let printed = Printed()
        let io = CommandIO(
            writeOutput: { printed.out($0) }, writeError: { printed.error($0) }, currentDirectory: directory)
        let client = try DockerClient(
            configuration: .init(
                endpoint: try EndpointURL(parsing: server.endpoint), version: .fixed(APIVersion(major: 1, minor: 50))))
        let code = try await DockerInvocation.parse(recording.invocations[0].arguments).run(client: client, io: io)
        #expect(code == 1)
        #expect(printed.stderr.hasSuffix("/hello.txt: is a directory\n"))
    }
}

/// The window's size on its way to the terminal of a process.
struct ResizeTests {
    /// An exec whose process ends once its terminal was resized often enough; the first `refusals` times are refused.
    private final class Terminal: Sendable {
        let sizes = Mutex<[String]>([])
        private let ended = DispatchSemaphore(value: 0)
        private let refusals: Int
        private let last: Int

        init(refusals: Int, last: Int) { (self.refusals, self.last) = (refusals, last) }

        func serve(_ connection: ServerConnection) throws {
            let lines = try connection.readHead().components(separatedBy: "\r\n")
            let words = lines[0].components(separatedBy: " ")
            let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
            _ = try connection.read(length.flatMap { Int($0.filter(\.isNumber)) } ?? 0)
            let target = words[1]
            func json(_ status: Int, _ body: String) throws {
                try connection.write(
                    "HTTP/1.1 \(status) -\r\nApi-Version: 1.50\r\nContent-Type: application/json\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n" + (words[0] == "HEAD" ? "" : body))
            }
            if target.contains("/resize?") {
                let count = sizes.withLock { sizes in
                    sizes.append(String(target.drop { $0 != "?" }))
                    return sizes.count
                }
                try json(count > refusals ? 200 : 500, count > refusals ? "" : #"{"message":"no terminal yet"}"#)
                if count == last { ended.signal() }
            } else if target.hasSuffix("/exec/e/start") {
                try connection.write("HTTP/1.1 101 -\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
                _ = ended.wait(timeout: .now() + 20)
                try connection.write("done")
                connection.endWriting()
            } else if target.hasSuffix("/exec") {
                try json(201, #"{"Id":"e"}"#)
            } else {
                try json(200, #"{"ExitCode":0,"State":{"Running":true}}"#)
            }
        }
    }

    private func exec(
        _ terminal: Terminal, size: @escaping @Sendable () -> WindowSize, listening: @escaping @Sendable () -> Void
    )
        async throws -> Printed
    {
        let server = try ScriptedServer { try terminal.serve($0) }
        defer { server.stop() }
        let printed = Printed()
        let io = CommandIO(
            writeOutput: { printed.out($0) }, writeError: { printed.error($0) }, isStdinTTY: true, isStdoutTTY: true,
            windowSize: size,
            windowChanges: {
                listening()
                return AsyncStream { $0.finish() }
            }, currentDirectory: "/")
        let client = try DockerClient(configuration: .init(endpoint: try EndpointURL(parsing: server.endpoint)))
        #expect(try await DockerInvocation.parse(["exec", "-t", "c", "sh"]).run(client: client, io: io) == 0)
        return printed
    }

    @Test func theSizeIsReadOnceChangesAreListenedTo() async throws {
        let terminal = Terminal(refusals: 0, last: 1)
        let listens = Mutex(false)
        _ = try await exec(
            terminal, size: { WindowSize(rows: listens.withLock { $0 } ? 20 : 10, columns: 80) },
            listening: { listens.withLock { $0 = true } })
        #expect(terminal.sizes.withLock { $0 } == ["?h=20&w=80"])
    }

    @Test func aSizeThatIsRefusedAtFirstIsSentAgain() async throws {
        let terminal = Terminal(refusals: 2, last: 3)
        let printed = try await exec(terminal, size: { WindowSize(rows: 24, columns: 80) }, listening: {})
        #expect(terminal.sizes.withLock { $0 }.count == 3)
        #expect(printed.stdout == "done" && printed.stderr.isEmpty)
    }
}
