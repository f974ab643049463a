import CLinux
import Glibc
import LinuxKernel
import Synchronization

/// How a container's files are found, whether it runs or not.
public enum ContainerTree: Sendable {
    /// A running container: its own mounts, as it sees them.
    case running(pid: Int32)
    /// One that does not run: its layers and volumes, put together in a mount namespace that nobody else sees.
    case stopped(layers: OverlayLayers, volumes: [VolumeMount])

    /// The layers of a root file system.
    public struct OverlayLayers: Sendable, Hashable {
        /// An empty folder on the host to mount over.
        public var place: String
        /// Where changes are written.
        public var upper: String
        /// overlay's own folder on the same file system.
        public var work: String
        /// What lies below, uppermost first.
        public var lowers: [String]

        /// Layers by parts.
        public init(place: String, upper: String, work: String, lowers: [String]) {
            self.place = place
            self.upper = upper
            self.work = work
            self.lowers = lowers
        }
    }

    /// A folder or file of the host that the container has at a place of its own.
    public struct VolumeMount: Sendable, Hashable {
        /// Where it is on the host.
        public var source: String
        /// Where the container has it.
        public var destination: String

        /// A volume by parts.
        public init(source: String, destination: String) {
            self.source = source
            self.destination = destination
        }
    }

    /// CLONE_NEWNS and CLONE_FS (clone(2)).
    private static let mountNamespace: UInt64 = 0x20000
    private static let sharesNothing: UInt64 = 0x200

    /// A tree and what keeps it together.
    final class Opened: Sendable {
        let root: TreeRoot
        /// The mount namespace that holds the mounts below the root; without it they would come apart.
        private let namespace: FileDescriptor?

        init(root: TreeRoot, namespace: FileDescriptor? = nil) {
            self.root = root
            self.namespace = namespace
        }
    }

    /// Opens the tree; may block, and so must not be called on a thread of the concurrency pool.
    ///
    /// - Parameter withVolumes: whether what is mounted in the container is seen, or the folders below it.
    func open(withVolumes: Bool = true) throws(SystemError) -> Opened {
        switch self {
        case .running(let pid) where withVolumes:
            return Opened(root: TreeRoot(descriptor: try Self.folder("/proc/\(pid)/root")))
        case .running(let pid):
            return try OwnThread.run { () throws(SystemError) in try Self.bare(pid) }
        case .stopped(let layers, let volumes):
            return try OwnThread.run { () throws(SystemError) in
                try Self.assemble(layers, withVolumes ? volumes : [])
            }
        }
    }

    /// A running container's root file system without what is mounted on it.
    private static func bare(_ pid: Int32) throws(SystemError) -> Opened {
        let path = "/proc/\(pid)/ns/mnt"
        let opened = clinux_openat2(AT_FDCWD, path, UInt64(O_RDONLY | O_CLOEXEC), 0, 0)
        let namespace = FileDescriptor(try SystemCall.check(opened, "open \(path)"))
        // A mount namespace can only be entered by who shares its working directory with nobody.
        try SystemCall.check(clinux_unshare(Self.sharesNothing), "unshare the working directory")
        try SystemCall.check(clinux_setns(namespace.number, Self.mountNamespace), "enter \(path)")
        let tree = try SystemCall.check(clinux_open_tree(AT_FDCWD, "/", 1, 0), "clone the container's root")
        return Opened(root: TreeRoot(descriptor: FileDescriptor(tree)))
    }

    private static func folder(_ path: String) throws(SystemError) -> FileDescriptor {
        let flags = UInt64(TreeRoot.pathOnly | O_DIRECTORY | O_CLOEXEC)
        return FileDescriptor(try SystemCall.check(clinux_openat2(AT_FDCWD, path, flags, 0, 0), "open \(path)"))
    }

    private static func assemble(_ layers: OverlayLayers, _ volumes: [VolumeMount]) throws(SystemError) -> Opened {
        try SystemCall.check(clinux_unshare(Self.mountNamespace), "unshare the mount namespace")
        try SystemCall.check(clinux_mount(nil, "/", nil, UInt64(MS_REC | MS_PRIVATE), nil), "make mounts private")
        try mount(layers)
        let root = TreeRoot(descriptor: try folder(layers.place))
        for volume in volumes.sorted(by: { $0.destination < $1.destination }) {
            let tree = FileDescriptor(
                try SystemCall.check(clinux_open_tree(AT_FDCWD, volume.source, 1, 1), "open \(volume.source)"))
            let target = try place(of: volume, in: root)
            try SystemCall.check(clinux_move_mount(tree.number, target.number, ""), "mount \(volume.destination)")
        }
        let namespace = clinux_openat2(AT_FDCWD, "/proc/thread-self/ns/mnt", UInt64(O_RDONLY | O_CLOEXEC), 0, 0)
        return Opened(
            root: root, namespace: FileDescriptor(try SystemCall.check(namespace, "open the mount namespace")))
    }

    /// Lower folders are given one by one, so that neither their number nor a colon in their names is a limit.
    private static func mount(_ layers: OverlayLayers) throws(SystemError) {
        let overlay = FileDescriptor(try SystemCall.check(clinux_fsopen("overlay"), "open overlay"))
        for lower in layers.lowers {
            try SystemCall.check(
                clinux_fsconfig_string(overlay.number, "lowerdir+", lower), "add the layer \(lower)")
        }
        try SystemCall.check(clinux_fsconfig_string(overlay.number, "upperdir", layers.upper), "add \(layers.upper)")
        try SystemCall.check(clinux_fsconfig_string(overlay.number, "workdir", layers.work), "add \(layers.work)")
        try SystemCall.check(clinux_fsconfig_create(overlay.number), "make the overlay")
        let made = FileDescriptor(try SystemCall.check(clinux_fsmount(overlay.number, 0), "make the overlay"))
        let place = try folder(layers.place)
        try SystemCall.check(clinux_move_mount(made.number, place.number, ""), "mount the overlay")
    }

    /// The place of a volume in the tree, made where the image has none, as at the container's start.
    private static func place(of volume: VolumeMount, in root: TreeRoot) throws(SystemError) -> FileDescriptor {
        var status = clinux_stat()
        try SystemCall.check(clinux_fstatat(AT_FDCWD, volume.source, 1, &status), "look at \(volume.source)")
        let isFolder = status.mode & S_IFMT == S_IFDIR
        let components = volume.destination.split(separator: "/").map(String.init)
        var path = ""
        for (index, component) in components.enumerated() {
            let parent = try root.open(path, flags: TreeRoot.pathOnly | O_DIRECTORY)
            path += "/" + component
            let isLast = index == components.count - 1
            let answer =
                isLast && !isFolder
                ? clinux_mknodat(parent.number, component, S_IFREG | 0o644, 0, 0)
                : clinux_mkdirat(parent.number, component, 0o755)
            if answer != -EEXIST { try SystemCall.check(answer, "make \(path)") }
        }
        return try root.open(path, flags: TreeRoot.pathOnly)
    }
}
