import Glibc

/// The two interfaces of cgroups(7).
public enum CgroupVersion: Int, Sendable, Hashable {
    case v1 = 1
    case v2 = 2
}

/// What goes wrong with cgroups.
public enum CgroupError: Error, Sendable, Hashable, CustomStringConvertible {
    case system(SystemError)
    /// A limit needs a controller that this machine does not offer.
    case noController(String)
    /// The cgroup file systems, or a place in them, are not usable; says why and what to do.
    case unusable(String)
    /// Something took longer than it may; names it.
    case timedOut(String)

    /// One sentence.
    public var description: String {
        switch self {
        case .system(let error): error.description
        case .noController(let name): "this machine offers no cgroup controller \"\(name)\""
        case .unusable(let reason): reason
        case .timedOut(let action): "timed out: \(action)"
        }
    }
}

/// One mounted cgroup file system.
public struct CgroupHierarchy: Sendable, Hashable {
    /// Its controllers: `cpu`, `memory`; `name=systemd` for a v1 hierarchy without any.
    public let controllers: [String]
    /// Where it is mounted.
    public let mountPoint: String
    /// Its interface.
    public let version: CgroupVersion
    /// Where this process is in it, from the mount point: `/` or `/a/b`.
    public let ownPath: String

    /// A hierarchy by parts.
    public init(controllers: [String], mountPoint: String, version: CgroupVersion, ownPath: String) {
        self.controllers = controllers
        self.mountPoint = mountPoint
        self.version = version
        self.ownPath = ownPath
    }
}

/// How cgroups are mounted on this machine: v1, v2 ("unified"), or both side by side ("hybrid").
public struct CgroupLayout: Sendable, Hashable {
    /// All that are mounted, v1 first.
    public let hierarchies: [CgroupHierarchy]

    /// The interface that limits are set through: v1 as soon as one controller is there.
    public var version: CgroupVersion {
        hierarchies.contains { $0.version == .v1 && $0.hasControllers } ? .v1 : .v2
    }

    /// Whether v2 is mounted beside v1.
    public var isHybrid: Bool { version == .v1 && hierarchies.contains { $0.version == .v2 } }

    /// Looks at this process's own mounts and memberships.
    public static func detect() throws(CgroupError) -> CgroupLayout {
        let mounts: [MountEntry]
        let membership: String
        do {
            mounts = try MountTable.current()
            membership = try SmallFile.text("/proc/self/cgroup")
        } catch {
            throw .system(error)
        }
        return try CgroupLayout(mounts: mounts, membership: membership)
    }

    /// A layout by parts.
    public init(hierarchies: [CgroupHierarchy]) { self.hierarchies = hierarchies }

    /// The layout that `/proc/PID/mountinfo` and `/proc/PID/cgroup` tell of.
    init(mounts: [MountEntry], membership: String) throws(CgroupError) {
        var hierarchies: [CgroupHierarchy] = []
        for line in membership.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let names = fields[1].split(separator: ",").map(String.init)
            let version: CgroupVersion = names.isEmpty ? .v2 : .v1
            let candidates = mounts.filter { mount in
                guard version == .v1 else { return mount.type == "cgroup2" }
                return mount.type == "cgroup" && names.allSatisfy { mount.superOptions.contains($0) }
            }
            // Of several mounts of one hierarchy the one that shows most of it.
            guard let mount = candidates.min(by: { $0.root.utf8.count < $1.root.utf8.count }) else { continue }
            let hierarchy = CgroupHierarchy(
                controllers: version == .v1 ? names : try Self.controllers(of: mount.mountPoint),
                mountPoint: mount.mountPoint, version: version,
                ownPath: Self.path(String(fields[2]), below: mount.root))
            hierarchies.append(hierarchy)
        }
        hierarchies.sort { ($0.version.rawValue, $0.mountPoint) < ($1.version.rawValue, $1.mountPoint) }
        guard hierarchies.contains(where: \.hasControllers) else {
            throw .unusable("no cgroup controller is mounted; mount cgroup2 on /sys/fs/cgroup")
        }
        self.hierarchies = hierarchies
    }

    /// A membership path as seen from the mount: both are written from the root of the cgroup namespace.
    private static func path(_ path: String, below root: String) -> String {
        guard root != "/" else { return path.hasPrefix("/..") ? "/" : path }
        guard path == root || path.hasPrefix(root + "/") else { return "/" }
        let rest = String(path.dropFirst(root.count))
        return rest.isEmpty ? "/" : rest
    }

    private static func controllers(of mountPoint: String) throws(CgroupError) -> [String] {
        do {
            return try SmallFile.text("\(mountPoint)/cgroup.controllers").split { $0.isWhitespace }.map(String.init)
        } catch {
            throw .system(error)
        }
    }
}

extension CgroupHierarchy {
    var hasControllers: Bool { controllers.contains { !$0.hasPrefix("name=") } }
}
