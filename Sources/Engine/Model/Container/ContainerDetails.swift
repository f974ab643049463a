import OCI

/// All that `docker inspect` shows of a container.
public struct ContainerDetails: Sendable, Hashable {
    /// 64 hexadecimal digits.
    public var id: String
    /// Without the slash that docker shows in front.
    public var name: String
    /// When it was created.
    public var created: Timestamp
    /// What is executed.
    public var path: String
    /// Its arguments.
    public var arguments: [String]
    /// Where it is in its life.
    public var state: ContainerState
    /// The image's ID, `sha256:…`.
    public var image: Digest
    /// The platform's operating system: `linux`.
    public var platform: String
    /// Files of the daemon that it sees as `/etc/resolv.conf`; empty before the first start.
    public var resolvConfPath: String
    /// … as `/etc/hostname`.
    public var hostnamePath: String
    /// … as `/etc/hosts`.
    public var hostsPath: String
    /// The log file; empty where there is none.
    public var logPath: String
    /// How often the restart policy started it.
    public var restartCount: Int
    /// `overlay2`.
    public var storageDriver: String
    /// `LowerDir`, `UpperDir`, `WorkDir`, `MergedDir`.
    public var storageDirectories: [String: String]
    /// Running execs; nil where there are none.
    public var execIDs: [String]?
    /// What the host lends it.
    public var hostConfiguration: HostConfiguration
    /// What it runs.
    public var configuration: ContainerConfiguration
    /// Its mounts, by destination.
    public var mounts: [MountPoint]
    /// Its network.
    public var network: NetworkSettings
    /// Bytes of its own layer and of the whole, where they were asked for.
    public var size: ContainerSize?
}

/// What a container takes on the disk.
public struct ContainerSize: Sendable, Hashable {
    /// Bytes it changed or added.
    public var writable: Int64
    /// Those and its image's.
    public var root: Int64

    /// A size by parts.
    public init(writable: Int64, root: Int64) {
        self.writable = writable
        self.root = root
    }
}

/// One line of `docker ps`.
public struct ContainerListing: Sendable, Hashable {
    /// 64 hexadecimal digits.
    public var id: String
    /// Without the slash that docker shows in front.
    public var name: String
    /// What those that are linked to it call it: `client/alias`.
    public var linkNames: [String] = []
    /// The image as the user named it, or its ID where that name now means another.
    public var image: String
    /// The image's ID.
    public var imageID: Digest
    /// The command line: path and arguments, those with spaces in quotes.
    public var command: String
    /// When it was created.
    public var created: Timestamp
    /// Its ports.
    public var ports: [ListedPort]
    /// Labels.
    public var labels: [String: String]
    /// The state in one word.
    public var state: ContainerState.Status
    /// `Up 2 minutes (healthy)`, `Exited (0) 3 hours ago`.
    public var status: String
    /// The network mode, `bridge` for `default`… as inspect shows it.
    public var networkMode: String
    /// OCI annotations.
    public var annotations: [String: String]?
    /// Endpoints by network.
    public var endpoints: [String: EndpointSettings]
    /// Its mounts.
    public var mounts: [MountPoint]
    /// Its size, where it was asked for.
    public var size: ContainerSize?
}

/// A port of a container, as `docker ps` shows it.
public struct ListedPort: Sendable, Hashable {
    /// The host's address; empty where it is not published.
    public var hostIP: String
    /// Within the container.
    public var containerPort: UInt16
    /// On the host; 0 where it is not published.
    public var hostPort: UInt16
    /// `tcp`, `udp` or `sctp`.
    public var networkProtocol: String

    /// A port by parts.
    public init(hostIP: String = "", containerPort: UInt16, hostPort: UInt16 = 0, networkProtocol: String) {
        self.hostIP = hostIP
        self.containerPort = containerPort
        self.hostPort = hostPort
        self.networkProtocol = networkProtocol
    }
}

/// Which containers to list.
public struct ContainerListOptions: Sendable, Hashable {
    /// Whether those that do not run are listed, too.
    public var all = false
    /// How many of the latest; 0 is all. A number implies `all`.
    public var limit = 0
    /// Whether sizes are added up.
    public var size = false
    /// `ancestor before since exited expose publish health id is-task label name network status volume isolation`.
    public var filters = FilterArguments()

    /// The running ones.
    public init() {}
}
