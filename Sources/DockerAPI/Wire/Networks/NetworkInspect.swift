/// `GET /networks/{id}`, and without `Containers` an entry of `GET /networks` (`Network`).
public struct NetworkInspect: Codable, Sendable, Hashable {
    /// Its name.
    public var name: String?
    /// 64 hexadecimal digits.
    public var id: String?
    /// When it was made, RFC 3339.
    public var created: String?
    /// `local`, `global` or `swarm`.
    public var scope: String?
    /// `bridge`, `host`, `null`, `overlay` and others.
    public var driver: String?
    /// Whether it has IPv4; since API 1.47.
    public var enableIPv4: Bool?
    /// Whether it has IPv6.
    public var enableIPv6: Bool?
    /// How addresses are given.
    public var ipam: IPAM?
    /// Whether it leads nowhere else.
    public var `internal`: Bool?
    /// Whether standalone containers may join a swarm's.
    public var attachable: Bool?
    /// Whether it is the swarm's routing mesh.
    public var ingress: Bool?
    /// The network that configures it.
    public var configFrom: NetworkConfigReference?
    /// Whether it only configures others.
    public var configOnly: Bool?
    /// Containers by ID; running ones.
    public var containers: [String: NetworkContainer]?
    /// Options of the driver.
    public var options: [String: String]?
    /// Labels.
    public var labels: [String: String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case id = "Id"
        case created = "Created"
        case scope = "Scope"
        case driver = "Driver"
        case enableIPv4 = "EnableIPv4"
        case enableIPv6 = "EnableIPv6"
        case ipam = "IPAM"
        case `internal` = "Internal"
        case attachable = "Attachable"
        case ingress = "Ingress"
        case configFrom = "ConfigFrom"
        case configOnly = "ConfigOnly"
        case containers = "Containers"
        case options = "Options"
        case labels = "Labels"
    }
}

/// A network that configures others (`ConfigReference`).
public struct NetworkConfigReference: Codable, Sendable, Hashable {
    /// Its name.
    public var network: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case network = "Network"
    }
}

/// A container on a network (`NetworkContainer`).
public struct NetworkContainer: Codable, Sendable, Hashable {
    /// The container.
    public var name: String?
    /// The endpoint.
    public var endpointID: String?
    /// The MAC address.
    public var macAddress: String?
    /// The IPv4 address with its prefix length.
    public var ipv4Address: String?
    /// The IPv6 address with its prefix length.
    public var ipv6Address: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case endpointID = "EndpointID"
        case macAddress = "MacAddress"
        case ipv4Address = "IPv4Address"
        case ipv6Address = "IPv6Address"
    }
}

/// How addresses are given (`IPAM`).
public struct IPAM: Codable, Sendable, Hashable {
    /// The driver, usually `default`.
    public var driver: String?
    /// Address ranges.
    public var config: [IPAMConfig]?
    /// Options of the driver.
    public var options: [String: String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case driver = "Driver"
        case config = "Config"
        case options = "Options"
    }
}

/// A range of addresses (`IPAMConfig`).
public struct IPAMConfig: Codable, Sendable, Hashable {
    /// The subnet: `172.20.0.0/16`.
    public var subnet: String?
    /// The part of it from which addresses are given.
    public var ipRange: String?
    /// The gateway.
    public var gateway: String?
    /// Addresses in use by others, by name.
    public var auxiliaryAddresses: [String: String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case subnet = "Subnet"
        case ipRange = "IPRange"
        case gateway = "Gateway"
        case auxiliaryAddresses = "AuxiliaryAddresses"
    }
}

/// `POST /networks/create` (`NetworkCreateResponse`).
public struct NetworkCreateResponse: Codable, Sendable, Hashable {
    /// 64 hexadecimal digits.
    public var id: String?
    /// What was ignored.
    public var warning: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case warning = "Warning"
    }
}
