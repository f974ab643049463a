import DockerAPI
import DockerClient
import DockerCommand
import Foundation
import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How a command ended.
struct Ending: Sendable, Equatable {
    var output = ""
    var error = ""
    var code: Int32 = 0
}

/// Where both command lines run: the daemon, the directory (also of `config.json`), variables, and a terminal's width.
struct Surroundings: Sendable {
    var host = "unix:///nowhere/docker.sock"
    var directory = "/tmp"
    var variables: [String: String] = [:]
    /// The zone that `TZ` of `variables` names, for the side that shares this process's own.
    var zone: @Sendable (Int64) -> LocalZone = { _ in .utc }
    /// Standard output is a terminal of so many columns; `nil` is a pipe.
    var columns: Int?

    var environment: [String: String] {
        var all = [
            "DOCKER_HOST": host, "DOCKER_CONFIG": directory, "PATH": "\(directory):/usr/bin:/bin", "TERM": "xterm",
        ]
        for (name, value) in variables { all[name] = value }
        return all
    }
}

/// docker's own CLI 28, where it is installed.
enum InstalledDocker {
    static let path: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        guard let path = folders.map({ "\($0)/docker" }).first(where: FileManager.default.isExecutableFile),
            let version = try? run(path, ["--version"]), version.output.hasPrefix("Docker version 28.")
        else { return nil }
        return path
    }()

    /// Runs docker's CLI; what it writes is taken as it comes, its terminal changes nothing.
    static func run(_ path: String, _ arguments: [String], _ place: Surroundings = .init()) throws -> Ending {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: place.directory)
        process.environment = place.environment
        let error = Pipe()
        process.standardError = error
        process.standardInput = FileHandle.nullDevice
        let output: FileHandle
        var slave: FileHandle?
        if let columns = place.columns {
            let terminal = try Terminal(columns: columns)
            output = terminal.master
            slave = terminal.slave
            process.standardOutput = terminal.slave
        } else {
            let pipe = Pipe()
            output = pipe.fileHandleForReading
            process.standardOutput = pipe
        }
        try process.run()
        try slave?.close()
        let written = Self.readToEnd(output.fileDescriptor)
        let complaints = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Ending(
            output: String(decoding: written, as: UTF8.self), error: String(decoding: complaints, as: UTF8.self),
            code: process.terminationStatus)
    }

    /// All there is; a terminal whose other side is gone ends in EIO.
    private static func readToEnd(_ descriptor: Int32) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return all }
            all += buffer[..<count]
        }
    }

    /// A pseudo-terminal without output processing.
    private struct Terminal {
        let master: FileHandle
        let slave: FileHandle

        init(columns: Int) throws {
            var controller: Int32 = -1, device: Int32 = -1
            guard openpty(&controller, &device, nil, nil, nil) == 0 else { throw POSIXError(.EIO) }
            var mode = termios()
            tcgetattr(device, &mode)
            mode.c_oflag &= ~tcflag_t(OPOST)
            tcsetattr(device, TCSANOW, &mode)
            var size = winsize(ws_row: 40, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
            _ = ioctl(device, UInt(TIOCSWINSZ), &size)
            master = FileHandle(fileDescriptor: controller, closeOnDealloc: true)
            slave = FileHandle(fileDescriptor: device, closeOnDealloc: true)
        }
    }
}

/// The same command line by `DockerInvocation`.
enum OwnCommand {
    static func run(_ arguments: [String], _ place: Surroundings = .init()) async throws -> Ending {
        let printed = Printed()
        let columns = place.columns
        let io = CommandIO(
            writeOutput: { printed.out($0) }, writeError: { printed.error($0) }, isStdoutTTY: columns != nil,
            windowSize: { columns.map { WindowSize(rows: 40, columns: $0) } }, currentDirectory: place.directory,
            environment: place.environment, zone: place.zone)
        let configuration = DockerClient.Configuration(
            endpoint: try EndpointURL(parsing: place.host),
            version: .negotiate(maximum: APIVersion(major: 1, minor: 50), minimum: APIVersion(major: 1, minor: 24)))
        var code: Int32 = 0
        do {
            code = try await DockerInvocation.parse(arguments).run(
                client: try DockerClient(configuration: configuration), io: io)
        } catch let error as UsageError {
            printed.error(Array((error.message + "\n").utf8))
            code = error.exitCode
        }
        return Ending(output: printed.stdout, error: printed.stderr, code: code)
    }
}
