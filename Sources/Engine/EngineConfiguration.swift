import RegistryClient

/// Where an engine keeps its things and what it starts containers with.
public struct EngineConfiguration: Sendable {
    /// The folder of everything: images, containers, volumes, network; made 0710.
    public var root: String
    /// The program that launches containers: `drydock-shim`.
    public var shimPath: String
    /// The version that `docker version` shows.
    public var version: String
    /// The commit it was built from; empty where it is not known.
    public var commit = ""
    /// When it was built, RFC 3339; empty where it is not known.
    public var buildTime = ""
    /// The bridge's name, 1 to 15 bytes.
    public var bridgeName = "drydock0"
    /// The range of addresses, `172.30.0.0/16`; nil is the first that is free.
    public var subnet: String?
    /// Whether containers have IPv6 addresses and ports are published on IPv6 too, where the host has it; docker's
    /// default bridge has none unless it is asked for.
    public var ipv6 = false
    /// How many network namespaces are kept ready for the next starts.
    public var preparedNamespaces = 8
    /// How many containers' folders are kept ready for the next creations.
    public var preparedFolders = 8
    /// How many processes wait for a container where that saves a start time: on cgroup v1.
    public var preparedInits = 8
    /// Registries.
    public var registry = RegistryConfiguration()
    /// The cgroup under which all containers' are made, from the hierarchies' roots; a second engine needs its own.
    public var cgroupParent = "/drydock"
    /// The log driver of containers that name none: `json-file`, `local` or `none`.
    public var logDriver = "json-file"
    /// Its options.
    public var logOptions: [String: String] = [:]
    /// The bytes that detach an attached client where it names none.
    public var detachKeys = "ctrl-p,ctrl-q"
    /// Labels that `docker info` shows.
    public var labels: [String] = []

    /// An engine's configuration with the defaults.
    public init(root: String, shimPath: String, version: String) {
        self.root = root
        self.shimPath = shimPath
        self.version = version
    }
}
