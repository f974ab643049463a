/// What a container runs and how it presents itself: docker's `Config`, portable between hosts (Engine API,
/// `ContainerConfig`). A field that is nil was not given.
public struct ContainerConfiguration: Sendable, Hashable {
    /// The host name; empty gives the first twelve digits of the ID.
    public var hostname = ""
    /// The NIS domain name.
    public var domainname = ""
    /// `user`, `uid`, `user:group` or `uid:gid`; empty is the image's, then root.
    public var user = ""
    /// Whether the client that created it attached to stdin.
    public var attachStdin = false
    /// Whether the client that created it attached to stdout.
    public var attachStdout = false
    /// Whether the client that created it attached to stderr.
    public var attachStderr = false
    /// Ports the container listens on: `80/tcp`.
    public var exposedPorts: Set<String> = []
    /// Whether stdin, stdout and stderr are a pseudo-terminal.
    public var tty = false
    /// Whether stdin stays open without anybody attached.
    public var openStdin = false
    /// Whether stdin closes for good when the first client that attached to it goes.
    public var stdinOnce = false
    /// `NAME=value`; a `NAME` alone removes the image's.
    public var environment: [String]?
    /// The command, or the arguments of the entry point.
    public var command: [String]?
    /// The words before the command; an empty list takes the image's away.
    public var entrypoint: [String]?
    /// How to ask whether the container is well.
    public var healthCheck: HealthCheck?
    /// Windows: whether the command is already escaped.
    public var argumentsEscaped = false
    /// The image as the user named it.
    public var image = ""
    /// Directories that become anonymous volumes.
    public var volumes: Set<String> = []
    /// The directory the process starts in.
    public var workingDirectory = ""
    /// Whether there is no network.
    public var networkDisabled = false
    /// The address of the network interface, before API 1.44 given here.
    public var macAddress: String?
    /// Instructions for images built from this container.
    public var onBuild: [String]?
    /// Labels.
    public var labels: [String: String] = [:]
    /// The signal that asks the process to end: `SIGTERM`, `15`.
    public var stopSignal: String?
    /// Seconds after which a stop kills; -1 never.
    public var stopTimeout: Int?
    /// The shell of commands in shell form.
    public var shell: [String]?

    /// Nothing given.
    public init() {}

    /// How to ask whether the container is well (`HealthConfig`); times in nanoseconds, 0 inherits the default.
    public struct HealthCheck: Sendable, Hashable {
        /// `["CMD", …]`, `["CMD-SHELL", line]`, `["NONE"]`; empty inherits the image's.
        public var test: [String] = []
        /// Nanoseconds between two checks; 0 is 30 s.
        public var interval: Int64 = 0
        /// Nanoseconds after which a check has failed; 0 is 30 s.
        public var timeout: Int64 = 0
        /// Nanoseconds at the start during which failures do not count.
        public var startPeriod: Int64 = 0
        /// Nanoseconds between two checks during the start period; 0 is 5 s.
        public var startInterval: Int64 = 0
        /// How many failures in a row make it unhealthy; 0 is 3.
        public var retries = 0

        /// Everything inherited.
        public init() {}
    }
}
