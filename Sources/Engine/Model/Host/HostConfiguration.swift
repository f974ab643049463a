/// What the host lends a container: docker's `HostConfig` with its `Resources`. A list that is nil was not given.
public struct HostConfiguration: Sendable, Hashable {
    /// Limits, which `docker update` can change.
    public var resources = Resources()
    /// When it is started again.
    public var restartPolicy = RestartPolicy()
    /// Whether it is removed when it exits.
    public var autoRemove = false

    // MARK: Storage

    /// `source:destination[:options]`, the source a path of the host or a volume's name.
    public var binds: [String]?
    /// Mounts in the long form.
    public var mounts: [MountRequest]?
    /// In-memory file systems: path and options.
    public var tmpfs: [String: String]?
    /// Containers whose volumes it takes: `name[:ro|rw]`.
    public var volumesFrom: [String]?
    /// The driver of its anonymous volumes.
    public var volumeDriver = ""
    /// Whether its root is read-only.
    public var readonlyRootfs = false
    /// Options of the storage driver.
    public var storageOptions: [String: String]?
    /// Bytes of `/dev/shm`; 0 is 64 MiB.
    public var shmSize: Int64 = 0
    /// Paths that are hidden; nil is docker's list.
    public var maskedPaths: [String]?
    /// Paths that are read-only; nil is docker's list.
    public var readonlyPaths: [String]?

    // MARK: Network

    /// `default`, `bridge`, `host`, `none`, `container:ID`, or a network's name.
    public var networkMode = ""
    /// Host ports by container port, `80/tcp`.
    public var portBindings: [String: [PortBinding]] = [:]
    /// Whether every exposed port gets a host port.
    public var publishAllPorts = false
    /// DNS servers.
    public var dns: [String]?
    /// DNS options.
    public var dnsOptions: [String]?
    /// DNS search domains.
    public var dnsSearch: [String]?
    /// Lines for `/etc/hosts` as `name:address`.
    public var extraHosts: [String]?
    /// Links to containers: `name:alias`.
    public var links: [String]?

    // MARK: Namespaces

    /// `none`, `private`, `shareable`, `container:ID` or `host`; empty is private.
    public var ipcMode = ""
    /// `container:ID`, `host`, or empty for its own.
    public var pidMode = ""
    /// `host`, or empty for its own.
    public var utsMode = ""
    /// `host`, or empty for the daemon's.
    public var usernsMode = ""
    /// `private` or `host`; empty is private on cgroup v2, host on v1.
    public var cgroupnsMode = ""
    /// The cgroup to use.
    public var cgroup = ""

    // MARK: Rights

    /// Whether it has all the host's privileges.
    public var privileged = false
    /// Capabilities added, with or without `CAP_`, or `ALL`.
    public var capAdd: [String]?
    /// Capabilities dropped.
    public var capDrop: [String]?
    /// `seccomp=…`, `no-new-privileges`, `apparmor=…`, `label=…`, `systempaths=unconfined`.
    public var securityOptions: [String]?
    /// Further groups of the process, by name or number.
    public var groupAdd: [String]?
    /// Kernel parameters within the container's namespaces.
    public var sysctls: [String: String]?
    /// -1000 to 1000: how likely the OOM killer chooses it.
    public var oomScoreAdj = 0

    // MARK: The rest

    /// Where output is logged.
    public var logConfiguration = LogConfiguration()
    /// Whether an init of the daemon is process 1; nil is no.
    public var usesInit: Bool?
    /// The OCI runtime's name.
    public var runtime = ""
    /// Height and width of the terminal.
    public var consoleSize: ConsoleSize?
    /// OCI annotations.
    public var annotations: [String: String]?
    /// The file to which the client wrote the ID.
    public var containerIDFile = ""
    /// Windows: `default`, `process` or `hyperv`.
    public var isolation = ""

    /// Nothing given.
    public init() {}
}

/// When a container is started again.
public struct RestartPolicy: Sendable, Hashable {
    /// `no`, `always`, `on-failure` or `unless-stopped`; empty is `no`.
    public var name = ""
    /// How often `on-failure` tries; 0 is without end.
    public var maximumRetryCount = 0

    /// Never started again.
    public init() {}
}

/// Where output is logged.
public struct LogConfiguration: Sendable, Hashable {
    /// `json-file`, `local` or `none`; empty is the daemon's default.
    public var driver = ""
    /// `max-size`, `max-file`, …
    public var options: [String: String] = [:]

    /// The daemon's default.
    public init() {}
}

/// Rows and columns of a terminal.
public struct ConsoleSize: Sendable, Hashable {
    /// Rows.
    public var height: Int
    /// Columns.
    public var width: Int

    /// A size by parts.
    public init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }
}

/// One host side of a published port.
public struct PortBinding: Sendable, Hashable {
    /// The host's address; empty is all of them.
    public var hostIP: String
    /// A port, a range `8000-8010`, or empty for any free one.
    public var hostPort: String

    /// A binding by parts.
    public init(hostIP: String = "", hostPort: String = "") {
        self.hostIP = hostIP
        self.hostPort = hostPort
    }
}
