#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The size of a terminal in character cells.
public struct WindowSize: Sendable, Hashable {
    /// Lines.
    public var rows: Int
    /// Characters a line.
    public var columns: Int

    /// A size from its parts.
    public init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }
}

/// What surrounds a docker command: its streams, its terminal, its signals, its files.
///
/// The module never touches the process's own descriptors except through `CommandIO.process`; a harness gives closures
/// over buffers instead. Writes are awaited one after the other, so what was written first comes first.
public struct CommandIO: Sendable {
    /// The next bytes of standard input; `nil` at its end, and at once where there is none.
    public var readInput: @Sendable () async throws -> [UInt8]?
    /// Takes bytes for standard output.
    public var writeOutput: @Sendable ([UInt8]) async throws -> Void
    /// Takes bytes for standard error.
    public var writeError: @Sendable ([UInt8]) async throws -> Void
    /// Whether standard input is a terminal.
    public var isStdinTTY: Bool
    /// Whether standard output is a terminal.
    public var isStdoutTTY: Bool
    /// Whether standard error is a terminal.
    public var isStderrTTY: Bool
    /// The terminal's size now; `nil` without a terminal.
    public var windowSize: @Sendable () -> WindowSize?
    /// Sizes as the terminal changes. A fresh stream at each call.
    public var windowChanges: @Sendable () -> AsyncStream<WindowSize>
    /// Names of signals that reach the command and are to be forwarded or obeyed: `INT`, `TERM`, `HUP`, `QUIT`, …
    /// A fresh stream at each call; ends when no more can come.
    public var signals: @Sendable () -> AsyncStream<String>
    /// Puts the terminal of standard input into raw mode (`true`) or back (`false`); nothing without a terminal.
    public var setRawMode: @Sendable (Bool) async throws -> Void
    /// Called once, when the request a command waits on longest (logs, attach, wait, events, …) was answered with headers.
    public var onReady: @Sendable () async -> Void
    /// The directory that relative file names are resolved against.
    public var currentDirectory: String
    /// The variables that `-e NAME` without a value copies from, and docker's own (`DOCKER_DEFAULT_PLATFORM`, …).
    public var environment: [String: String]
    /// The zone that times are printed in, at a moment in seconds since 1970.
    public var zone: @Sendable (Int64) -> LocalZone
    /// The clock that "2 hours ago" and `--since 10m` are reckoned from: seconds since 1970.
    public var now: @Sendable () -> Int64

    /// Streams by closures; what is left out is absent: no input, no terminal, no signals.
    public init(
        readInput: @escaping @Sendable () async throws -> [UInt8]? = { nil },
        writeOutput: @escaping @Sendable ([UInt8]) async throws -> Void,
        writeError: @escaping @Sendable ([UInt8]) async throws -> Void,
        isStdinTTY: Bool = false,
        isStdoutTTY: Bool = false,
        isStderrTTY: Bool = false,
        windowSize: @escaping @Sendable () -> WindowSize? = { nil },
        windowChanges: @escaping @Sendable () -> AsyncStream<WindowSize> = { AsyncStream { $0.finish() } },
        signals: @escaping @Sendable () -> AsyncStream<String> = { AsyncStream { $0.finish() } },
        setRawMode: @escaping @Sendable (Bool) async throws -> Void = { _ in },
        onReady: @escaping @Sendable () async -> Void = {},
        currentDirectory: String,
        environment: [String: String] = [:],
        zone: @escaping @Sendable (Int64) -> LocalZone = { _ in .utc },
        now: @escaping @Sendable () -> Int64 = { CommandIO.systemTime() }
    ) {
        self.readInput = readInput
        self.writeOutput = writeOutput
        self.writeError = writeError
        self.isStdinTTY = isStdinTTY
        self.isStdoutTTY = isStdoutTTY
        self.isStderrTTY = isStderrTTY
        self.windowSize = windowSize
        self.windowChanges = windowChanges
        self.signals = signals
        self.setRawMode = setRawMode
        self.onReady = onReady
        self.currentDirectory = currentDirectory
        self.environment = environment
        self.zone = zone
        self.now = now
    }
}

extension CommandIO {
    /// The system's clock in seconds since 1970.
    public static func systemTime() -> Int64 { Int64(Date().timeIntervalSince1970) }

    func print(_ line: String) async throws { try await writeOutput(Array((line + "\n").utf8)) }
    func write(_ text: String) async throws { try await writeOutput(Array(text.utf8)) }
    func warn(_ line: String) async throws { try await writeError(Array((line + "\n").utf8)) }

    /// The file's path against the current directory.
    func resolve(_ path: String) -> String {
        path.hasPrefix("/")
            ? path : (currentDirectory.hasSuffix("/") ? currentDirectory : currentDirectory + "/") + path
    }
}
