/// How a container is connected (`NetworkSettings`). The fields beside `Ports`, `Sandbox…` and `Networks` repeat the default bridge's and are deprecated.
public struct NetworkSettings: Codable, Sendable, Hashable {
    /// The bridge of the default network.
    public var bridge: String?
    /// The network namespace.
    public var sandboxID: String?
    /// Deprecated since API 1.44.
    public var hairpinMode: Bool?
    /// Deprecated since API 1.44.
    public var linkLocalIPv6Address: String?
    /// Deprecated since API 1.44.
    public var linkLocalIPv6PrefixLen: Int?
    /// Host ports by container port; null where a port is exposed alone.
    public var ports: [String: [PortBinding]?]?
    /// The network namespace's path.
    public var sandboxKey: String?
    /// Deprecated since API 1.44.
    public var secondaryIPAddresses: [NetworkAddress]?
    /// Deprecated since API 1.44.
    public var secondaryIPv6Addresses: [NetworkAddress]?
    /// The endpoint on the default bridge.
    public var endpointID: String?
    /// The gateway on the default bridge.
    public var gateway: String?
    /// The IPv6 address on the default bridge.
    public var globalIPv6Address: String?
    /// Its prefix length.
    public var globalIPv6PrefixLen: Int?
    /// The IPv4 address on the default bridge.
    public var ipAddress: String?
    /// Its prefix length.
    public var ipPrefixLen: Int?
    /// The IPv6 gateway on the default bridge.
    public var ipv6Gateway: String?
    /// The MAC address on the default bridge.
    public var macAddress: String?
    /// Its endpoints by network.
    public var networks: [String: EndpointSettings]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case bridge = "Bridge"
        case sandboxID = "SandboxID"
        case hairpinMode = "HairpinMode"
        case linkLocalIPv6Address = "LinkLocalIPv6Address"
        case linkLocalIPv6PrefixLen = "LinkLocalIPv6PrefixLen"
        case ports = "Ports"
        case sandboxKey = "SandboxKey"
        case secondaryIPAddresses = "SecondaryIPAddresses"
        case secondaryIPv6Addresses = "SecondaryIPv6Addresses"
        case endpointID = "EndpointID"
        case gateway = "Gateway"
        case globalIPv6Address = "GlobalIPv6Address"
        case globalIPv6PrefixLen = "GlobalIPv6PrefixLen"
        case ipAddress = "IPAddress"
        case ipPrefixLen = "IPPrefixLen"
        case ipv6Gateway = "IPv6Gateway"
        case macAddress = "MacAddress"
        case networks = "Networks"
    }
}

/// An address (`Address`).
public struct NetworkAddress: Codable, Sendable, Hashable {
    /// The address.
    public var addr: String?
    /// Its prefix length.
    public var prefixLen: Int?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case addr = "Addr"
        case prefixLen = "PrefixLen"
    }
}

/// A container's place on a network (`EndpointSettings`).
public struct EndpointSettings: Codable, Sendable, Hashable {
    /// Addresses that were asked for.
    public var ipamConfig: EndpointIPAMConfig?
    /// Links to containers.
    public var links: [String]?
    /// The MAC address.
    public var macAddress: String?
    /// Names it goes by.
    public var aliases: [String]?
    /// Options of the network driver.
    public var driverOpts: [String: String]?
    /// Which network gives the default gateway: the highest; since API 1.48.
    public var gwPriority: Int64?
    /// The network.
    public var networkID: String?
    /// The endpoint.
    public var endpointID: String?
    /// The IPv4 gateway.
    public var gateway: String?
    /// The IPv4 address; empty while the container does not run.
    public var ipAddress: String?
    /// Its prefix length.
    public var ipPrefixLen: Int?
    /// The IPv6 gateway.
    public var ipv6Gateway: String?
    /// The IPv6 address.
    public var globalIPv6Address: String?
    /// Its prefix length.
    public var globalIPv6PrefixLen: Int64?
    /// Names the daemon's DNS resolves to it; since API 1.44.
    public var dnsNames: [String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case ipamConfig = "IPAMConfig"
        case links = "Links"
        case macAddress = "MacAddress"
        case aliases = "Aliases"
        case driverOpts = "DriverOpts"
        case gwPriority = "GwPriority"
        case networkID = "NetworkID"
        case endpointID = "EndpointID"
        case gateway = "Gateway"
        case ipAddress = "IPAddress"
        case ipPrefixLen = "IPPrefixLen"
        case ipv6Gateway = "IPv6Gateway"
        case globalIPv6Address = "GlobalIPv6Address"
        case globalIPv6PrefixLen = "GlobalIPv6PrefixLen"
        case dnsNames = "DNSNames"
    }
}

/// Addresses asked for (`EndpointIPAMConfig`).
public struct EndpointIPAMConfig: Codable, Sendable, Hashable {
    /// The IPv4 address.
    public var ipv4Address: String?
    /// The IPv6 address.
    public var ipv6Address: String?
    /// Link-local addresses.
    public var linkLocalIPs: [String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case ipv4Address = "IPv4Address"
        case ipv6Address = "IPv6Address"
        case linkLocalIPs = "LinkLocalIPs"
    }
}

/// The networks of a new container (`NetworkingConfig`); more than one since API 1.44.
public struct NetworkingConfig: Codable, Sendable, Hashable {
    /// Endpoints by network.
    public var endpointsConfig: [String: EndpointSettings]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case endpointsConfig = "EndpointsConfig"
    }
}
