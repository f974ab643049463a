import CLinux
import LinuxKernel

/// A container's command and the world around it.
public struct ContainerSpec: Sendable {
    /// The command.
    public var process: ProcessSpec
    /// The namespaces that are made for it; a mount namespace always is.
    public var namespaces: Namespaces = .container
    /// Its host name; passed over unless `.uts` is made.
    public var hostname: String?
    /// Its NIS domain name; passed over unless `.uts` is made.
    public var domainName: String?
    /// Its root file system.
    public var root: OverlayRoot
    /// Made in this order, below the root.
    public var mounts: [Mount] = []
    /// Made after the mounts.
    public var devices: [DeviceNode] = []
    /// Symbolic links, made after the devices.
    public var links: [Link] = []
    /// Covered: files by the null device, directories by an empty read-only tmpfs. Absent ones are passed over.
    public var maskedPaths: [String] = []
    /// Made read-only, with what is mounted below. Absent ones are passed over.
    public var readOnlyPaths: [String] = []
    /// Kernel parameters.
    public var sysctls: [Sysctl] = []
    /// Whether a reaper is process 1 and the command its child (docker run --init).
    public var usesInit = false
    /// Where its output is kept; `nil` for nowhere.
    public var log: LogFile?
    /// Whether its end may be told before it is unmounted, which takes the kernel a few ms; not where others may wait for
    /// what is mounted.
    public var unmountsLate = false

    /// A container with the namespaces of docker and nothing mounted.
    public init(process: ProcessSpec, root: OverlayRoot) {
        self.process = process
        self.root = root
    }
}

/// Kinds of namespaces (namespaces(7)).
public struct Namespaces: OptionSet, Sendable, Hashable {
    /// CLONE_NEW… bits.
    public let rawValue: UInt64

    /// A set of CLONE_NEW… bits.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Mounts.
    public static let mount = Namespaces(rawValue: CLINUX_CLONE_NEWNS)
    /// Process numbers.
    public static let pid = Namespaces(rawValue: CLINUX_CLONE_NEWPID)
    /// The network.
    public static let network = Namespaces(rawValue: CLINUX_CLONE_NEWNET)
    /// Host and domain name.
    public static let uts = Namespaces(rawValue: CLINUX_CLONE_NEWUTS)
    /// System V IPC and POSIX message queues.
    public static let ipc = Namespaces(rawValue: CLINUX_CLONE_NEWIPC)
    /// The view of cgroups.
    public static let cgroup = Namespaces(rawValue: CLINUX_CLONE_NEWCGROUP)
    /// Monotonic and boot time.
    public static let time = Namespaces(rawValue: CLINUX_CLONE_NEWTIME)

    /// All kinds that the kernel has: time came with Linux 5.6, and not every kernel is built with it.
    public static let all: Namespaces = {
        let always: Namespaces = [.mount, .pid, .network, .uts, .ipc, .cgroup]
        return SmallFile.exists("/proc/self/ns/time") ? always.union(.time) : always
    }()

    /// Those a container has of its own by default, its network apart, which is joined or made.
    public static let container = all.subtracting(.network)
}

/// An overlay over an image's layers.
public struct OverlayRoot: Sendable, Hashable {
    /// An empty directory to mount it over, in the container's mount namespace alone.
    public var place: String
    /// What the container changes.
    public var upper: String
    /// Overlay's own; on the file system of `upper`.
    public var work: String
    /// The layers from the top down; one at least.
    public var lowers: [String]
    /// docker run --read-only.
    public var isReadOnly: Bool

    /// An overlay by its parts.
    public init(place: String, upper: String, work: String, lowers: [String], isReadOnly: Bool = false) {
        self.place = place
        self.upper = upper
        self.work = work
        self.lowers = lowers
        self.isReadOnly = isReadOnly
    }
}

/// A device node (mknod(2)).
public struct DeviceNode: Sendable, Hashable {
    /// Character or block device.
    public enum Kind: Sendable, Hashable { case character, block }

    /// Where in the container.
    public var path: String
    /// Character or block device.
    public var kind: Kind
    /// The driver.
    public var major: UInt32
    /// The driver's device.
    public var minor: UInt32
    /// Permissions alone, exactly as the node has them.
    public var mode: UInt32
    /// Its owner.
    public var uid: UInt32
    /// Its group.
    public var gid: UInt32

    /// A node by its parts.
    public init(
        path: String, kind: Kind = .character, major: UInt32, minor: UInt32, mode: UInt32 = 0o666, uid: UInt32 = 0,
        gid: UInt32 = 0
    ) {
        self.path = path
        self.kind = kind
        self.major = major
        self.minor = minor
        self.mode = mode
        self.uid = uid
        self.gid = gid
    }
}

/// A symbolic link to make.
public struct Link: Sendable, Hashable {
    /// What it points to.
    public var target: String
    /// Where in the container it stands.
    public var path: String

    /// A link by its parts.
    public init(target: String, path: String) {
        self.target = target
        self.path = path
    }
}

/// A kernel parameter of a namespace.
public struct Sysctl: Sendable, Hashable {
    /// `net.ipv4.ip_forward`, or with slashes.
    public var name: String
    /// What is written.
    public var value: String

    /// A parameter by its parts.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// A json-file log as docker's driver of that name keeps it.
public struct LogFile: Sendable, Hashable {
    /// The current file; older ones have `.1`, `.2` and so on appended.
    public var path: String
    /// Bytes from which on the next line goes into a new file; 0 for never.
    public var maximumSize: UInt64
    /// Files kept, the current one included.
    public var maximumFiles: UInt32
    /// A JSON object that each line carries (labels, env).
    public var attributes: String?
    /// Permissions.
    public var mode: UInt32

    /// A log by its parts.
    public init(
        path: String, maximumSize: UInt64 = 0, maximumFiles: UInt32 = 1, attributes: String? = nil, mode: UInt32 = 0o640
    ) {
        self.path = path
        self.maximumSize = maximumSize
        self.maximumFiles = maximumFiles
        self.attributes = attributes
        self.mode = mode
    }
}
