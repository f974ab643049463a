import OCI

/// A container's side of its networks.
public struct NetworkSettings: Sendable, Hashable {
    /// 64 hexadecimal digits naming the network namespace; empty where it does not run.
    public var sandboxID = ""
    /// The file of the network namespace; empty where it does not run.
    public var sandboxKey = ""
    /// For every exposed or published port its host sides; nil where it is exposed only.
    public var ports: [String: [PortBinding]?] = [:]
    /// Endpoints by network's name.
    public var endpoints: [String: EndpointSettings] = [:]

    /// None.
    public init() {}
}

/// A container's place in one network.
public struct EndpointSettings: Sendable, Hashable {
    /// Addresses the user asked for.
    public var requestedIPv4 = ""
    /// See `requestedIPv4`.
    public var requestedIPv6 = ""
    /// Whether the user gave an IPAM configuration at all.
    public var hasRequestedAddresses = false
    /// Links to containers.
    public var links: [String]?
    /// Further names in the network.
    public var aliases: [String]?
    /// Options of the driver.
    public var driverOptions: [String: String]?
    /// Which network's gateway is the default one.
    public var gatewayPriority = 0
    /// The network's ID; empty before the first start.
    public var networkID = ""
    /// The endpoint's ID; empty where it does not run.
    public var endpointID = ""
    /// The interface's address `02:42:…`.
    public var macAddress = ""
    /// IPv4 address.
    public var ipAddress = ""
    /// Its prefix length.
    public var ipPrefixLength = 0
    /// IPv4 gateway.
    public var gateway = ""
    /// IPv6 address.
    public var globalIPv6Address = ""
    /// Its prefix length.
    public var globalIPv6PrefixLength = 0
    /// IPv6 gateway.
    public var ipv6Gateway = ""
    /// Names under which others find it.
    public var dnsNames: [String]?

    /// Not connected.
    public init() {}
}

/// A network, as `docker network inspect` shows it.
public struct NetworkDetails: Sendable, Hashable {
    /// `bridge`, `host`, `none`.
    public var name: String
    /// 64 hexadecimal digits.
    public var id: String
    /// When it was made.
    public var created: Timestamp
    /// `bridge`, `host`, `null`.
    public var driver: String
    /// Where it reaches: `local`.
    public var scope = "local"
    /// Whether it has IPv4 addresses.
    public var enablesIPv4 = true
    /// Whether it has IPv6 addresses.
    public var enablesIPv6 = false
    /// Whether it is cut off from the outside.
    public var isInternal = false
    /// Its address ranges; nil where it has none.
    public var pools: [Pool]?
    /// Its containers by ID.
    public var containers: [String: Member] = [:]
    /// Options of the driver.
    public var options: [String: String] = [:]
    /// Labels.
    public var labels: [String: String] = [:]

    /// A range of addresses.
    public struct Pool: Sendable, Hashable {
        /// `172.30.0.0/16`.
        public var subnet: String
        /// The gateway's address.
        public var gateway: String
    }

    /// A container of the network.
    public struct Member: Sendable, Hashable {
        /// The container's name.
        public var name: String
        /// Its endpoint's ID.
        public var endpointID: String
        /// Its interface's address.
        public var macAddress: String
        /// `172.30.0.2/16`.
        public var ipv4Address: String
        /// The same for IPv6; empty for none.
        public var ipv6Address: String
    }
}
