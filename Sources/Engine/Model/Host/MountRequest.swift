/// A mount in docker's long form (`--mount`).
public struct MountRequest: Sendable, Hashable {
    /// `bind`, `volume`, `tmpfs`, `image`, `npipe` or `cluster`.
    public var type: String
    /// A path of the host, or a volume's name; empty makes an anonymous volume.
    public var source = ""
    /// Where in the container.
    public var target: String
    /// Whether it is read-only.
    public var readOnly = false
    /// macOS: `consistent`, `cached`, `delegated`.
    public var consistency = ""
    /// What concerns binds.
    public var bindOptions: BindOptions?
    /// What concerns volumes.
    public var volumeOptions: VolumeOptions?
    /// What concerns in-memory file systems.
    public var tmpfsOptions: TmpfsOptions?
    /// The folder of an image to mount.
    public var imageSubpath: String?

    /// A mount by parts.
    public init(type: String, source: String = "", target: String) {
        self.type = type
        self.source = source
        self.target = target
    }

    /// What concerns binds.
    public struct BindOptions: Sendable, Hashable {
        /// `rprivate`, `private`, `rshared`, `shared`, `rslave`, `slave`; empty is `rprivate`.
        public var propagation = ""
        /// Whether what is mounted below stays out.
        public var nonRecursive = false
        /// Whether the source is made as a folder where it is absent.
        public var createMountpoint = false
        /// Whether read-only does not reach what is mounted below.
        public var readOnlyNonRecursive = false
        /// Whether read-only must reach what is mounted below.
        public var readOnlyForceRecursive = false

        /// docker's defaults.
        public init() {}
    }

    /// What concerns volumes.
    public struct VolumeOptions: Sendable, Hashable {
        /// Whether a new volume stays empty instead of taking the image's content.
        public var noCopy = false
        /// Labels of a new volume.
        public var labels: [String: String]?
        /// The driver of a new volume; empty is `local`.
        public var driver = ""
        /// Options of the driver.
        public var driverOptions: [String: String]?
        /// The folder of the volume to mount.
        public var subpath = ""

        /// docker's defaults.
        public init() {}
    }

    /// What concerns in-memory file systems.
    public struct TmpfsOptions: Sendable, Hashable {
        /// Bytes; 0 is half the memory.
        public var sizeBytes: Int64 = 0
        /// Permissions; 0 is 1777.
        public var mode: UInt32 = 0
        /// Further options, each a name and perhaps a value.
        public var options: [[String]]?

        /// docker's defaults.
        public init() {}
    }
}

/// A mount of a container, as inspect shows it.
public struct MountPoint: Sendable, Hashable {
    /// `bind`, `volume`, `tmpfs` or `image`.
    public var type: String
    /// The volume's name.
    public var name = ""
    /// The folder on the host.
    public var source = ""
    /// Where in the container.
    public var destination: String
    /// The volume's driver.
    public var driver = ""
    /// Options as the user gave them: `ro,z`.
    public var mode = ""
    /// Whether it can be written.
    public var isWritable = true
    /// `rprivate`, …; empty for volumes.
    public var propagation = ""

    /// A mount point by parts.
    public init(type: String, destination: String) {
        self.type = type
        self.destination = destination
    }
}
