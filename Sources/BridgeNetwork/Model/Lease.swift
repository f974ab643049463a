import LinuxKernel
import RawJSON

/// What a container has of the bridge network until it is released.
public struct Lease: Sendable {
    /// The container's identifier.
    public let containerID: String
    /// 64 hexadecimal digits.
    public let endpointID: String
    /// The network namespace; `nil` after a restore, when the container's own processes are what holds it.
    public let namespace: FileDescriptor?
    /// The interface inside: `eth0`.
    public let interface: String
    /// The interface on the host.
    public let vethName: String
    /// The IPv4 address: `172.30.0.2`.
    public let address: String
    /// The length of the IPv4 network's prefix.
    public let prefixLength: Int
    /// The bridge's IPv4 address.
    public let gateway: String
    /// The Ethernet address: `02:42:ac:1e:00:02`.
    public let macAddress: String
    /// The IPv6 address, where the network has them.
    public let ipv6Address: String?
    /// The length of the IPv6 network's prefix; 0 without.
    public let ipv6PrefixLength: Int
    /// The bridge's IPv6 address.
    public let ipv6Gateway: String?
    /// The ports, in the order they were asked for; one asked for on all addresses is there once for each family.
    public let published: [PublishedPort]

    /// The lease as it is kept across restarts of the daemon; the namespace is not in it.
    public func encoded() -> JSONValue {
        var object: JSONObject = [
            "containerID": .string(containerID),
            "endpointID": .string(endpointID),
            "interface": .string(interface),
            "vethName": .string(vethName),
            "address": .string(address),
            "prefixLength": .number(JSONNumber(prefixLength)),
            "gateway": .string(gateway),
            "macAddress": .string(macAddress),
            "published": .array(published.map(\.encoded)),
        ]
        if let ipv6Address, let ipv6Gateway {
            object["ipv6Address"] = .string(ipv6Address)
            object["ipv6PrefixLength"] = .number(JSONNumber(ipv6PrefixLength))
            object["ipv6Gateway"] = .string(ipv6Gateway)
        }
        return .object(object)
    }

    /// Reads a lease back.
    public init(decoding value: JSONValue) throws(NetworkError) {
        func text(_ name: String) throws(NetworkError) -> String {
            guard let text = value[name]?.string else {
                throw NetworkError(.invalidArgument, "a stored lease has no text \(name)")
            }
            return text
        }
        func number(_ name: String) throws(NetworkError) -> Int {
            guard let number = value[name]?.int64, (0...128).contains(number) else {
                throw NetworkError(.invalidArgument, "a stored lease has no number \(name)")
            }
            return Int(number)
        }
        var published: [PublishedPort] = []
        for port in value["published"]?.array ?? [] { published.append(try PublishedPort(decoding: port)) }
        let hasIPv6 = value["ipv6Address"] != nil
        self.init(
            containerID: try text("containerID"), endpointID: try text("endpointID"), namespace: nil,
            interface: try text("interface"), vethName: try text("vethName"), address: try text("address"),
            prefixLength: try number("prefixLength"), gateway: try text("gateway"), macAddress: try text("macAddress"),
            ipv6Address: hasIPv6 ? try text("ipv6Address") : nil,
            ipv6PrefixLength: hasIPv6 ? try number("ipv6PrefixLength") : 0,
            ipv6Gateway: hasIPv6 ? try text("ipv6Gateway") : nil, published: published)
    }

    init(
        containerID: String, endpointID: String, namespace: FileDescriptor?, interface: String, vethName: String,
        address: String, prefixLength: Int, gateway: String, macAddress: String, ipv6Address: String?,
        ipv6PrefixLength: Int, ipv6Gateway: String?, published: [PublishedPort]
    ) {
        self.containerID = containerID
        self.endpointID = endpointID
        self.namespace = namespace
        self.interface = interface
        self.vethName = vethName
        self.address = address
        self.prefixLength = prefixLength
        self.gateway = gateway
        self.macAddress = macAddress
        self.ipv6Address = ipv6Address
        self.ipv6PrefixLength = ipv6PrefixLength
        self.ipv6Gateway = ipv6Gateway
        self.published = published
    }
}

extension PublishedPort {
    fileprivate var encoded: JSONValue {
        [
            "containerPort": .number(JSONNumber(containerPort)), "transport": .string(transport.rawValue),
            "hostAddress": .string(hostAddress), "hostPort": .number(JSONNumber(hostPort)),
        ]
    }

    fileprivate init(decoding value: JSONValue) throws(NetworkError) {
        guard let containerPort = value["containerPort"]?.int64.flatMap(UInt16.init(exactly:)),
            let transport = value["transport"]?.string.flatMap(Transport.init(rawValue:)),
            let hostAddress = value["hostAddress"]?.string, IPAddress(hostAddress) != nil,
            let hostPort = value["hostPort"]?.int64.flatMap(UInt16.init(exactly:))
        else { throw NetworkError(.invalidArgument, "a stored lease has a broken published port") }
        self.init(
            containerPort: containerPort, transport: transport, hostAddress: hostAddress, hostPort: hostPort)
    }
}
