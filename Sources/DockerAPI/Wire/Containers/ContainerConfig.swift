/// What a container is, whatever host it runs on (Engine API, `ContainerConfig`).
public struct ContainerConfig: Codable, Sendable, Hashable {
    /// The host name within; empty takes the first 12 digits of the ID.
    public var hostname: String?
    /// The domain name within.
    public var domainname: String?
    /// `user`, `uid`, `user:group` or `uid:gid`; empty is the image's, or root.
    public var user: String?
    /// Whether the creator attaches to input.
    public var attachStdin: Bool?
    /// Whether the creator attaches to output.
    public var attachStdout: Bool?
    /// Whether the creator attaches to errors.
    public var attachStderr: Bool?
    /// Ports as `80/tcp`.
    public var exposedPorts: [String: EmptyObject]?
    /// Whether the process has a terminal; its stream then has no frames.
    public var tty: Bool?
    /// Whether input stays open without anybody attached.
    public var openStdin: Bool?
    /// Whether input ends when the one who attached first leaves.
    public var stdinOnce: Bool?
    /// `NAME=value`; `NAME` alone removes it.
    public var env: [String]?
    /// The command, or the arguments of the entry point.
    public var cmd: [String]?
    /// How its health is checked.
    public var healthcheck: HealthConfig?
    /// Windows: whether the command is escaped already.
    public var argsEscaped: Bool?
    /// The image as it was named at creation.
    public var image: String?
    /// Paths that are anonymous volumes.
    public var volumes: [String: EmptyObject]?
    /// Where the command starts.
    public var workingDir: String?
    /// The entry point; one empty string removes the image's.
    public var entrypoint: [String]?
    /// Whether it has no network.
    public var networkDisabled: Bool?
    /// The MAC address; since API 1.44 it belongs to the endpoint.
    public var macAddress: String?
    /// Triggers of the image for builds upon it.
    public var onBuild: [String]?
    /// Labels.
    public var labels: [String: String]?
    /// The signal `stop` sends, by name or number; empty is `SIGTERM`.
    public var stopSignal: String?
    /// Seconds `stop` waits before it kills.
    public var stopTimeout: Int?
    /// The shell of commands written as one string.
    public var shell: [String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case hostname = "Hostname"
        case domainname = "Domainname"
        case user = "User"
        case attachStdin = "AttachStdin"
        case attachStdout = "AttachStdout"
        case attachStderr = "AttachStderr"
        case exposedPorts = "ExposedPorts"
        case tty = "Tty"
        case openStdin = "OpenStdin"
        case stdinOnce = "StdinOnce"
        case env = "Env"
        case cmd = "Cmd"
        case healthcheck = "Healthcheck"
        case argsEscaped = "ArgsEscaped"
        case image = "Image"
        case volumes = "Volumes"
        case workingDir = "WorkingDir"
        case entrypoint = "Entrypoint"
        case networkDisabled = "NetworkDisabled"
        case macAddress = "MacAddress"
        case onBuild = "OnBuild"
        case labels = "Labels"
        case stopSignal = "StopSignal"
        case stopTimeout = "StopTimeout"
        case shell = "Shell"
    }
}

/// How a container's health is checked (`HealthConfig`).
public struct HealthConfig: Codable, Sendable, Hashable {
    /// Empty inherits; `NONE`; `CMD` and arguments; `CMD-SHELL` and a line.
    public var test: [String]?
    /// Nanoseconds between checks; 0 inherits, otherwise at least 1 ms.
    public var interval: Int64?
    /// Nanoseconds a check may take; 0 inherits.
    public var timeout: Int64?
    /// Failures in a row that make it unhealthy; 0 inherits.
    public var retries: Int?
    /// Nanoseconds at the start in which failures do not count.
    public var startPeriod: Int64?
    /// Nanoseconds between checks in the start period; since API 1.44.
    public var startInterval: Int64?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case test = "Test"
        case interval = "Interval"
        case timeout = "Timeout"
        case retries = "Retries"
        case startPeriod = "StartPeriod"
        case startInterval = "StartInterval"
    }
}
