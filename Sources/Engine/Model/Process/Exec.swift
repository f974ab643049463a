/// What `POST /containers/{id}/exec` asks for.
public struct ExecConfiguration: Sendable, Hashable {
    /// Whether input is taken.
    public var attachStdin = false
    /// Whether stdout is wanted.
    public var attachStdout = false
    /// Whether stderr is wanted.
    public var attachStderr = false
    /// The terminal's size at its start.
    public var consoleSize: ConsoleSize?
    /// The keys that detach; nil is the daemon's default.
    public var detachKeys: String?
    /// Whether it has a terminal.
    public var tty = false
    /// `NAME=value`, over the container's.
    public var environment: [String] = []
    /// What is executed, and its arguments.
    public var command: [String] = []
    /// Whether it has all the host's privileges.
    public var privileged = false
    /// As in `ContainerConfiguration.user`; empty is the container's.
    public var user = ""
    /// The directory it starts in; empty is the container's.
    public var workingDirectory = ""

    /// Nothing given.
    public init() {}
}

/// What `POST /exec/{id}/start` asks for.
public struct ExecStartOptions: Sendable, Hashable {
    /// Whether the caller believes it has a terminal.
    public var tty = false
    /// The terminal's size at its start.
    public var consoleSize: ConsoleSize?

    /// Attached, without a terminal.
    public init() {}
}

/// What `GET /exec/{id}/json` shows.
public struct ExecDetails: Sendable, Hashable {
    /// 64 hexadecimal digits.
    public var id: String
    /// The container's ID.
    public var containerID: String
    /// What was asked for.
    public var configuration: ExecConfiguration
    /// Whether it runs.
    public var isRunning: Bool
    /// How it ended; nil before.
    public var exitCode: Int32?
    /// Its process; 0 before it started.
    public var pid: Int32
    /// The detach keys as bytes.
    public var detachKeys: [UInt8]
    /// Whether it will be forgotten.
    public var canRemove: Bool
}
