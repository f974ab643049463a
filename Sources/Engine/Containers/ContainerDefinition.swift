import LinuxKernel
import OCI
import RawJSON

/// What a container is, from its creation to its removal; `config.json` in its folder.
struct ContainerDefinition: Sendable, Hashable {
    /// 64 hexadecimal digits.
    var id = ""
    var created = Timestamp(nanosecondsSince1970: 0)
    /// The image's ID.
    var image: Digest?
    /// The image's uppermost layer, kept as long as the container is there; nil for an image without layers.
    var topLayer: Digest?
    /// The image's layers, uppermost first.
    var lowerDirectories: [String] = []
    /// What it runs, the image's settings merged in.
    var configuration = ContainerConfiguration()
    /// Wishes for its networks, by name.
    var endpoints: [String: EndpointSettings] = [:]
    /// Binds, volumes and the like, by destination.
    var mountPoints: [StoredMount] = []

    /// Entry point and command, as they are executed.
    var commandLine: [String] { (configuration.entrypoint ?? []) + (configuration.command ?? []) }

    /// Whether nobody else can wait for its end to have, say, a disk for himself: no folder of the host's is mounted, no
    /// volume with a name, and who has these capabilities could mount nothing by himself.
    func mountsNothingOfOthers(_ capabilities: CapabilitySet) -> Bool {
        mountPoints.allSatisfy { $0.isAnonymous || $0.point.type == "tmpfs" }
            && capabilities.isDisjoint(with: CapabilitySet(["SYS_ADMIN"].compactMap { Capability(name: $0) }))
    }
}

/// A mount with all that is needed to make it.
struct StoredMount: Sendable, Hashable {
    /// As inspect shows it.
    var point = MountPoint(type: "", destination: "")
    /// The folder on the host; a volume's data folder, or one below it.
    var path = ""
    /// Whether it came from `HostConfig.Mounts`.
    var isLongForm = false
    /// Whether what is mounted below stays out.
    var isNonRecursive = false
    /// Whether read-only reaches what is mounted below.
    var isReadOnlyDeep = false
    /// Whether the volume was made for this container without a name, and goes with `docker rm -v`.
    var isAnonymous = false
    /// Options of a tmpfs.
    var tmpfsOptions = ""
}

extension ContainerDefinition: JSONRecord {
    static let fields: [JSONField<ContainerDefinition>] = [
        JSONField("ID", \.id),
        JSONField("Created", \.created),
        JSONField("Image", \.image),
        JSONField("TopLayer", \.topLayer),
        JSONField("LowerDirectories", \.lowerDirectories),
        JSONField("Config", \.configuration),
        JSONField("Endpoints", \.endpoints),
        JSONField("Mounts", \.mountPoints),
    ]
}

extension StoredMount: JSONRecord {
    static let fields: [JSONField<StoredMount>] = [
        JSONField("Point", \.point),
        JSONField("Path", \.path),
        JSONField("LongForm", \.isLongForm),
        JSONField("NonRecursive", \.isNonRecursive),
        JSONField("ReadOnlyDeep", \.isReadOnlyDeep),
        JSONField("Anonymous", \.isAnonymous),
        JSONField("Tmpfs", \.tmpfsOptions),
    ]
}
