/// One entry of `GET /containers/json` (`ContainerSummary`).
public struct ContainerSummary: Codable, Sendable, Hashable {
    /// 64 hexadecimal digits.
    public var id: String?
    /// Its names, each with a `/` before it.
    public var names: [String]?
    /// The image as it was named, or its ID where that name has moved on.
    public var image: String?
    /// The ID of its image: `sha256:…`.
    public var imageID: String?
    /// The manifest it was made from; since API 1.48.
    public var imageManifestDescriptor: OCIDescriptor?
    /// Program and arguments on one line.
    public var command: String?
    /// When it was made, in seconds since 1970.
    public var created: Int64?
    /// Its ports.
    public var ports: [ContainerPort]?
    /// Bytes it wrote; only with `size=1`.
    public var sizeRw: Int64?
    /// Bytes of all its files; only with `size=1`.
    public var sizeRootFs: Int64?
    /// Labels.
    public var labels: [String: String]?
    /// `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`.
    public var state: String?
    /// The state for people: `Up 3 minutes`, `Exited (0) 2 hours ago`.
    public var status: String?
    /// What the host lends it, in short.
    public var hostConfig: ContainerSummaryHostConfig?
    /// How it is connected, in short.
    public var networkSettings: ContainerSummaryNetworkSettings?
    /// What is mounted.
    public var mounts: [MountPoint]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case names = "Names"
        case image = "Image"
        case imageID = "ImageID"
        case imageManifestDescriptor = "ImageManifestDescriptor"
        case command = "Command"
        case created = "Created"
        case ports = "Ports"
        case sizeRw = "SizeRw"
        case sizeRootFs = "SizeRootFs"
        case labels = "Labels"
        case state = "State"
        case status = "Status"
        case hostConfig = "HostConfig"
        case networkSettings = "NetworkSettings"
        case mounts = "Mounts"
    }
}

/// A port of a container (`Port`).
public struct ContainerPort: Codable, Sendable, Hashable {
    /// The address on the host.
    public var ip: String?
    /// The port within.
    public var privatePort: Int?
    /// The port on the host.
    public var publicPort: Int?
    /// `tcp`, `udp` or `sctp`.
    public var type: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case ip = "IP"
        case privatePort = "PrivatePort"
        case publicPort = "PublicPort"
        case type = "Type"
    }
}

/// What the host lends, in short.
public struct ContainerSummaryHostConfig: Codable, Sendable, Hashable {
    /// The network mode.
    public var networkMode: String?
    /// OCI annotations; since API 1.46.
    public var annotations: [String: String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case networkMode = "NetworkMode"
        case annotations = "Annotations"
    }
}

/// How a container is connected, in short.
public struct ContainerSummaryNetworkSettings: Codable, Sendable, Hashable {
    /// Its endpoints by network.
    public var networks: [String: EndpointSettings]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case networks = "Networks"
    }
}
