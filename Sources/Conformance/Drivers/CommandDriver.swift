import DockerCommand

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One docker command to start: the words are final, images resolved and labels added.
struct CommandLaunch: Sendable {
    /// What standard input is.
    enum Input: Sendable {
        /// Nothing: at its end from the start.
        case none
        /// These bytes, then the end.
        case bytes([UInt8])
        /// What is typed while the command runs.
        case typed
    }

    /// The words after `docker`.
    var arguments: [String]
    var input: Input
    /// Whether the command gets a terminal for all three streams.
    var terminal: Bool
    /// The directory in which relative file names are looked up.
    var directory: String
}

/// A way to carry out docker commands.
protocol CommandDriver: Sendable {
    /// Whether tapes tell when a command's request was answered with headers.
    var reportsReadiness: Bool { get }
    /// Starts a command and answers at once.
    ///
    /// - Throws: where the driver itself cannot start it; what docker would refuse is output and exit code.
    func start(_ launch: CommandLaunch) throws -> any RunningCommand
}

/// A command under way.
protocol RunningCommand: AnyObject, Sendable {
    /// What it has written, and its end.
    var tape: OutputTape { get }
    /// Types bytes into its terminal or standard input.
    func type(_ bytes: [UInt8]) async throws
    /// Closes its standard input.
    func closeInput() async throws
    /// Sends its process a signal by name without `SIG`.
    func signal(_ name: String) throws
    /// Changes the size of its terminal.
    func resize(_ size: WindowSize) throws
    /// Ends it by force; its tape ends soon after.
    func terminate()
}

/// A driver could not do what a step asks for.
struct DriverError: Error, CustomStringConvertible {
    let description: String
}

/// The environment of commands: what docker's CLI needs and nothing of the person's own, so that a run is repeatable.
enum CommandEnvironment {
    static let size = WindowSize(rows: 24, columns: 80)

    /// The environment of this process.
    static var ofProcess: [String: String] { ProcessInfo.processInfo.environment }

    static func base(home: String) -> [String: String] {
        [
            "HOME": home, "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM": "xterm",
            "LANG": "C.UTF-8",
        ]
    }
}
