/// Links, addresses and routes of one network namespace (rtnetlink(7)).
public final class RouteSocket {
    private let socket: NetlinkSocket

    /// A socket of the network namespace that the calling thread is in.
    public init() throws(SystemError) { socket = try NetlinkSocket(.route) }

    /// Does what the messages say; the first that the kernel refuses is thrown.
    public func perform(_ build: (inout NetlinkRequest) -> Void) throws(SystemError) {
        var request = NetlinkRequest()
        build(&request)
        try socket.perform(request)
    }

    /// The link of that name, with its counters; `nil` where there is none.
    public func link(named name: String) throws(SystemError) -> Link? {
        try link("look for the interface \(name)") {
            $0.linkHeader()
            $0.attribute(LinkAttribute.name, name)
        }
    }

    /// The link of that number; `nil` where there is none.
    public func link(index: Int32) throws(SystemError) -> Link? {
        try link("look for link \(index)") { $0.linkHeader(index: index) }
    }

    private func link(_ action: String, _ body: (inout NetlinkRequest) -> Void) throws(SystemError) -> Link? {
        var request = NetlinkRequest()
        request.message(type: RouteNumber.getLink, flags: [], action, body)
        var found: Link?
        try socket.ask(request) { found = Link($0) }
        return found
    }

    /// All links.
    public func links() throws(SystemError) -> [Link] {
        var request = NetlinkRequest()
        request.message(type: RouteNumber.getLink, flags: .dump, "list the interfaces") { $0.linkHeader() }
        var found: [Link] = []
        try socket.ask(request) { message in
            if let link = Link(message) { found.append(link) }
        }
        return found
    }

    /// All addresses of all links, of both families.
    public func addresses() throws(SystemError) -> [InterfaceAddress] {
        var request = NetlinkRequest()
        request.message(type: RouteNumber.getAddress, flags: .dump, "list the addresses") {
            $0.append(UInt64(0))
        }
        var found: [InterfaceAddress] = []
        try socket.ask(request) { message in
            if let address = InterfaceAddress(message) { found.append(address) }
        }
        return found
    }

    /// All routes of all tables.
    public func routes(ipv6: Bool) throws(SystemError) -> [Route] {
        var request = NetlinkRequest()
        request.message(type: RouteNumber.getRoute, flags: .dump, "list the routes") {
            $0.append(ipv6 ? RouteNumber.family6 : RouteNumber.family4)
            $0.append(bytes: repeatElement(0, count: RouteNumber.routeHeader - 1))
        }
        var found: [Route] = []
        try socket.ask(request) { message in
            if let route = Route(message) { found.append(route) }
        }
        return found
    }
}

/// A network interface.
public struct Link: Sendable, Hashable {
    /// Its number.
    public let index: Int32
    /// Its name: `eth0`.
    public let name: String
    /// What made it: `bridge`, `veth`; `nil` for hardware.
    public let kind: String?
    /// Its alias.
    public let alias: String?
    /// Its hardware address, six bytes of an Ethernet interface.
    public let macAddress: [UInt8]
    /// The bridge it is a port of.
    public let master: Int32?
    /// The largest packet in bytes.
    public let mtu: UInt32
    /// Whether it is administratively up.
    public let isUp: Bool
    /// What went through it.
    public let statistics: InterfaceStatistics

    init?(_ message: NetlinkMessage) {
        guard message.payload.count >= RouteNumber.linkHeader else { return nil }
        index = message.payload.loadUnaligned(fromByteOffset: 4, as: Int32.self)
        isUp = message.payload.loadUnaligned(fromByteOffset: 8, as: UInt32.self) & RouteNumber.interfaceUp != 0
        var name = ""
        var kind: String?
        var alias: String?
        var macAddress: [UInt8] = []
        var master: Int32?
        var mtu: UInt32 = 0
        var statistics = InterfaceStatistics()
        for attribute in message.attributes(after: RouteNumber.linkHeader) {
            switch attribute.type {
            case LinkAttribute.name: name = attribute.text
            case LinkAttribute.alias: alias = attribute.text
            case LinkAttribute.address: macAddress = Array(attribute.value)
            case LinkAttribute.mtu: mtu = attribute.number() ?? 0
            case LinkAttribute.master: master = attribute.number()
            case LinkAttribute.information: kind = attribute.nested[LinkAttribute.kind]?.text
            case LinkAttribute.statistics64: statistics = InterfaceStatistics(attribute.value)
            default: break
            }
        }
        self.name = name
        self.kind = kind
        self.macAddress = macAddress
        self.alias = alias
        self.master = master
        self.mtu = mtu
        self.statistics = statistics
    }
}

/// What went through an interface since it was made (`struct rtnl_link_stats64`).
public struct InterfaceStatistics: Sendable, Hashable {
    /// Bytes that came in.
    public var receivedBytes: UInt64 = 0
    /// Packets that came in.
    public var receivedPackets: UInt64 = 0
    /// Packets that came in broken.
    public var receiveErrors: UInt64 = 0
    /// Packets that came in and found no room.
    public var receiveDropped: UInt64 = 0
    /// Bytes that went out.
    public var transmittedBytes: UInt64 = 0
    /// Packets that went out.
    public var transmittedPackets: UInt64 = 0
    /// Packets that could not be sent.
    public var transmitErrors: UInt64 = 0
    /// Packets that were to go out and found no room.
    public var transmitDropped: UInt64 = 0

    /// Nothing went through.
    public init() {}

    init(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 64 else { return }
        func counter(_ position: Int) -> UInt64 {
            bytes.loadUnaligned(fromByteOffset: position * 8, as: UInt64.self)
        }
        (receivedPackets, transmittedPackets, receivedBytes, transmittedBytes) =
            (counter(0), counter(1), counter(2), counter(3))
        (receiveErrors, transmitErrors, receiveDropped, transmitDropped) =
            (counter(4), counter(5), counter(6), counter(7))
    }

    /// The same traffic seen from the other end of a veth pair.
    public var mirrored: InterfaceStatistics {
        var other = self
        (other.receivedBytes, other.transmittedBytes) = (transmittedBytes, receivedBytes)
        (other.receivedPackets, other.transmittedPackets) = (transmittedPackets, receivedPackets)
        (other.receiveErrors, other.transmitErrors) = (transmitErrors, receiveErrors)
        (other.receiveDropped, other.transmitDropped) = (transmitDropped, receiveDropped)
        return other
    }
}

/// An address of an interface.
public struct InterfaceAddress: Sendable, Hashable {
    /// The interface's number.
    public let index: Int32
    /// 4 or 16 bytes.
    public let address: [UInt8]
    /// How many leading bits name the network.
    public let prefixLength: UInt8

    init?(_ message: NetlinkMessage) {
        guard message.payload.count >= RouteNumber.addressHeader else { return nil }
        let attributes = message.attributes(after: RouteNumber.addressHeader)
        guard let address = attributes[2] ?? attributes[1] else { return nil }
        prefixLength = message.payload[1]
        index = message.payload.loadUnaligned(fromByteOffset: 4, as: Int32.self)
        self.address = Array(address.value)
    }
}

/// A route.
public struct Route: Sendable, Hashable {
    /// The network's address, 4 or 16 bytes; empty for a default route.
    public let destination: [UInt8]
    /// How many leading bits name the network.
    public let prefixLength: UInt8
    /// Who made it (RTPROT_…).
    public let origin: UInt8
    /// The interface it goes out by.
    public let interface: Int32?

    /// Whether it was learned from a router's advertisement (RTPROT_RA).
    public var isAdvertised: Bool { origin == 9 }

    init?(_ message: NetlinkMessage) {
        guard message.payload.count >= RouteNumber.routeHeader else { return nil }
        let attributes = message.attributes(after: RouteNumber.routeHeader)
        prefixLength = message.payload[1]
        origin = message.payload[5]
        destination = attributes[1].map { Array($0.value) } ?? []
        interface = attributes[4]?.number()
    }
}
