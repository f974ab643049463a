/// One process to start: a container's command, or that of an exec.
public struct ProcessSpec: Sendable {
    /// argv; the first is what is executed, looked for along `searchPath` where it has no slash.
    public var arguments: [String]
    /// `NAME=value`.
    public var environment: [String]
    /// Directories separated by colons, as the variable PATH has them.
    public var searchPath: String
    /// Made where it is absent for a container; must be there for an exec.
    public var workingDirectory = "/"
    /// The size of its terminal, a pty of the container's own devpts; `nil` for pipes.
    public var terminal: TerminalSize?
    /// Whether stdin is fed by `RunningProcess.write`; otherwise it is /dev/null.
    public var opensStandardInput = false
    /// User and groups.
    public var identity = Identity()
    /// `nil` leaves the daemon's own.
    public var capabilities: CapabilitySets?
    /// no_new_privs (prctl(2)).
    public var noNewPrivileges = false
    /// A classic BPF program of 8 bytes an instruction (seccomp(2)); empty for none.
    public var seccomp: [UInt8] = []
    /// Resource limits (setrlimit(2)); those not named are the daemon's own.
    public var limits: [ResourceLimit] = []
    /// oom_score_adj, -1000...1000 (proc(5)).
    public var outOfMemoryScore: Int32 = 0
    /// The cgroups it is put into.
    public var cgroup = CgroupPlacement()

    /// docker's PATH where neither image nor user set one (moby, system.DefaultPathEnv).
    public static let defaultSearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// A process that is given no more than its command line.
    public init(arguments: [String], environment: [String] = [], searchPath: String = Self.defaultSearchPath) {
        self.arguments = arguments
        self.environment = environment
        self.searchPath = searchPath
    }
}

/// The size of a terminal in characters.
public struct TerminalSize: Sendable, Hashable {
    /// Lines.
    public var rows: UInt16
    /// Characters a line.
    public var columns: UInt16

    /// A size by its parts.
    public init(rows: UInt16, columns: UInt16) {
        self.rows = rows
        self.columns = columns
    }
}

/// User and groups, as numbers of the container.
public struct Identity: Sendable, Hashable {
    /// 0...2^31-1; anything else is refused (CVE-2024-40635).
    public var uid: UInt32
    /// 0...2^31-1.
    public var gid: UInt32
    /// The supplementary groups, complete: the primary one belongs among them (CVE-2022-36109).
    public var groups: [UInt32]
    /// umask(2).
    public var umask: UInt32

    /// An identity by its parts; root where nothing is said.
    public init(uid: UInt32 = 0, gid: UInt32 = 0, groups: [UInt32] = [0], umask: UInt32 = 0o022) {
        self.uid = uid
        self.gid = gid
        self.groups = groups
        self.umask = umask
    }
}

/// Capabilities as bit sets: bit N is capability N, as in /proc/PID/status (capabilities(7)).
public struct CapabilitySets: Sendable, Hashable {
    /// What can ever be had.
    public var bounding: UInt64
    /// What may be made effective.
    public var permitted: UInt64
    /// What counts.
    public var effective: UInt64
    /// What files may give on.
    public var inheritable: UInt64
    /// What survives execve(2) without files' help.
    public var ambient: UInt64

    /// Sets by their parts.
    public init(bounding: UInt64, permitted: UInt64, effective: UInt64, inheritable: UInt64 = 0, ambient: UInt64 = 0) {
        self.bounding = bounding
        self.permitted = permitted
        self.effective = effective
        self.inheritable = inheritable
        self.ambient = ambient
    }
}

/// One limit of setrlimit(2).
public struct ResourceLimit: Sendable, Hashable {
    /// RLIMIT_….
    public var resource: Int32
    /// `UInt64.max` is unlimited.
    public var soft: UInt64
    /// `UInt64.max` is unlimited.
    public var hard: UInt64

    /// A limit by its parts.
    public init(resource: Int32, soft: UInt64, hard: UInt64) {
        self.resource = resource
        self.soft = soft
        self.hard = hard
    }
}

/// The cgroups a process is put into before it runs.
public struct CgroupPlacement: Sendable, Hashable {
    /// The `cgroup.procs` file in each hierarchy of cgroup v1.
    public var procsFiles: [String]
    /// The directory of cgroup v2 it is born in (CLONE_INTO_CGROUP).
    public var directory: String?

    /// A placement by its parts; none where nothing is said.
    public init(procsFiles: [String] = [], directory: String? = nil) {
        self.procsFiles = procsFiles
        self.directory = directory
    }
}
