/// The body of `POST /containers/{id}/exec`.
public struct ExecConfig: Codable, Sendable, Hashable {
    /// Whether input will be attached.
    public var attachStdin: Bool?
    /// Whether output will be attached.
    public var attachStdout: Bool?
    /// Whether errors will be attached.
    public var attachStderr: Bool?
    /// Height and width of the terminal; since API 1.42.
    public var consoleSize: [Int]?
    /// The keys that detach: `ctrl-p,ctrl-q`.
    public var detachKeys: String?
    /// Whether it has a terminal.
    public var tty: Bool?
    /// `NAME=value`; since API 1.25.
    public var env: [String]?
    /// Program and arguments.
    public var cmd: [String]?
    /// Whether it has all privileges.
    public var privileged: Bool?
    /// `user`, `uid`, `user:group` or `uid:gid`.
    public var user: String?
    /// Where it starts; since API 1.35.
    public var workingDir: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case attachStdin = "AttachStdin"
        case attachStdout = "AttachStdout"
        case attachStderr = "AttachStderr"
        case consoleSize = "ConsoleSize"
        case detachKeys = "DetachKeys"
        case tty = "Tty"
        case env = "Env"
        case cmd = "Cmd"
        case privileged = "Privileged"
        case user = "User"
        case workingDir = "WorkingDir"
    }
}

/// `POST /containers/{id}/exec` (`IDResponse`).
public struct ExecCreateResponse: Codable, Sendable, Hashable {
    /// 64 hexadecimal digits.
    public var id: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case id = "Id"
    }
}

/// The body of `POST /exec/{id}/start`.
public struct ExecStartConfig: Codable, Sendable, Hashable {
    /// Whether nobody attaches.
    public var detach: Bool?
    /// Whether it has a terminal.
    public var tty: Bool?
    /// Height and width of the terminal; since API 1.42.
    public var consoleSize: [Int]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case detach = "Detach"
        case tty = "Tty"
        case consoleSize = "ConsoleSize"
    }
}

/// `GET /exec/{id}/json`.
public struct ExecInspect: Codable, Sendable, Hashable {
    /// Whether it can be forgotten.
    public var canRemove: Bool?
    /// The keys that detach.
    public var detachKeys: String?
    /// 64 hexadecimal digits.
    public var id: String?
    /// Whether it runs.
    public var running: Bool?
    /// How it ended; null while it runs.
    public var exitCode: Int?
    /// What runs.
    public var processConfig: ExecProcessConfig?
    /// Whether input is open.
    public var openStdin: Bool?
    /// Whether errors are attached.
    public var openStderr: Bool?
    /// Whether output is attached.
    public var openStdout: Bool?
    /// The container.
    public var containerID: String?
    /// Its process on the host.
    public var pid: Int?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case canRemove = "CanRemove"
        case detachKeys = "DetachKeys"
        case id = "ID"
        case running = "Running"
        case exitCode = "ExitCode"
        case processConfig = "ProcessConfig"
        case openStdin = "OpenStdin"
        case openStderr = "OpenStderr"
        case openStdout = "OpenStdout"
        case containerID = "ContainerID"
        case pid = "Pid"
    }
}

/// What an exec instance runs (`ProcessConfig`).
public struct ExecProcessConfig: Codable, Sendable, Hashable {
    /// Whether it has all privileges.
    public var privileged: Bool?
    /// The user.
    public var user: String?
    /// Whether it has a terminal.
    public var tty: Bool?
    /// The program.
    public var entrypoint: String?
    /// Its arguments.
    public var arguments: [String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case privileged
        case user
        case tty
        case entrypoint
        case arguments
    }
}
