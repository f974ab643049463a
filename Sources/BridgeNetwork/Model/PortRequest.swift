/// A transport protocol whose ports can be published.
public enum Transport: String, Sendable, Hashable, CaseIterable {
    /// TCP.
    case tcp
    /// UDP.
    case udp

    /// The protocol of that name; SCTP, which docker has too, is refused.
    public init(protocolName: String) throws(NetworkError) {
        guard let transport = Transport(rawValue: protocolName) else {
            throw NetworkError(
                .invalidArgument, "protocol \(protocolName) cannot be published: only tcp and udp are supported")
        }
        self = transport
    }

    /// IPPROTO_…
    var number: UInt8 {
        switch self {
        case .tcp: 6
        case .udp: 17
        }
    }
}

/// A port of a container that is to be reachable from outside, as `-p` asks for it.
public struct PortRequest: Sendable, Hashable {
    /// The port inside.
    public var containerPort: UInt16
    /// The protocol.
    public var transport: Transport
    /// The host's address: empty for all of both families, `0.0.0.0`, `::`, `127.0.0.1` or any other.
    public var hostAddress: String
    /// The host's ports to choose from; `nil` is any free one.
    public var hostPorts: ClosedRange<UInt16>?

    /// A request by parts.
    public init(
        containerPort: UInt16, transport: Transport = .tcp, hostAddress: String = "",
        hostPorts: ClosedRange<UInt16>? = nil
    ) {
        self.containerPort = containerPort
        self.transport = transport
        self.hostAddress = hostAddress
        self.hostPorts = hostPorts
    }
}

/// A port of a container that is reachable from outside.
public struct PublishedPort: Sendable, Hashable {
    /// The port inside.
    public let containerPort: UInt16
    /// The protocol.
    public let transport: Transport
    /// The host's address: `0.0.0.0`, `::` or a single one.
    public let hostAddress: String
    /// The host's port.
    public let hostPort: UInt16

    /// A published port by parts.
    public init(containerPort: UInt16, transport: Transport, hostAddress: String, hostPort: UInt16) {
        self.containerPort = containerPort
        self.transport = transport
        self.hostAddress = hostAddress
        self.hostPort = hostPort
    }
}

/// What a container asks of the bridge network.
public struct AttachRequest: Sendable {
    /// The container's identifier.
    public var containerID: String
    /// Its name without the slash, for error messages.
    public var containerName: String
    /// The ports to publish.
    public var ports: [PortRequest]
    /// Its Ethernet address; `nil` is derived from its IPv4 address.
    public var macAddress: String?
    /// Its IPv4 address; `nil` is the next free one.
    public var address: String?

    /// A request by parts.
    public init(
        containerID: String, containerName: String, ports: [PortRequest] = [], macAddress: String? = nil,
        address: String? = nil
    ) {
        self.containerID = containerID
        self.containerName = containerName
        self.ports = ports
        self.macAddress = macAddress
        self.address = address
    }
}
