/// A network as `docker network inspect` shows it.
public struct NetworkDescription: Sendable, Hashable {
    /// A range of addresses and the one of the gateway.
    public struct Subnet: Sendable, Hashable {
        /// In CIDR form.
        public let subnet: String
        /// The bridge's address.
        public let gateway: String
    }

    /// A container on the network.
    public struct Endpoint: Sendable, Hashable {
        /// The container's identifier.
        public let containerID: String
        /// 64 hexadecimal digits.
        public let endpointID: String
        /// The Ethernet address.
        public let macAddress: String
        /// `172.30.0.2/16`
        public let ipv4Address: String
        /// The same for IPv6; empty where there is none.
        public let ipv6Address: String
    }

    /// 64 hexadecimal digits, the same after a restart.
    public let id: String
    /// `bridge`, `host` or `none`.
    public let name: String
    /// `bridge`, `host` or `null`.
    public let driver: String
    /// When it was made first, in nanoseconds since 1970.
    public let createdNanoseconds: Int64
    /// Its ranges: IPv4 first.
    public let subnets: [Subnet]
    /// Whether containers have IPv6 addresses on it.
    public let enablesIPv6: Bool
    /// The driver's options, named as docker names them.
    public let options: [String: String]
    /// The containers, by identifier. Those on `host` and `none` are not known here.
    public let endpoints: [Endpoint]
}
