/// Numbers of rtnetlink(7), from <linux/rtnetlink.h>, <linux/if_link.h>, <linux/if_addr.h> and <linux/veth.h>.
enum RouteNumber {
    static let newLink: UInt16 = 16
    static let deleteLink: UInt16 = 17
    static let getLink: UInt16 = 18
    static let newAddress: UInt16 = 20
    static let deleteAddress: UInt16 = 21
    static let getAddress: UInt16 = 22
    static let newRoute: UInt16 = 24
    static let getRoute: UInt16 = 26

    /// The length of `struct ifinfomsg`.
    static let linkHeader = 16
    /// The length of `struct ifaddrmsg`.
    static let addressHeader = 8
    /// The length of `struct rtmsg`.
    static let routeHeader = 12
    static let interfaceUp: UInt32 = 0x1
    static let family4: UInt8 = 2
    static let family6: UInt8 = 10
}

/// Attributes of a link (IFLA_…).
enum LinkAttribute {
    static let address: UInt16 = 1
    static let name: UInt16 = 3
    static let mtu: UInt16 = 4
    static let master: UInt16 = 10
    static let information: UInt16 = 18
    static let alias: UInt16 = 20
    static let statistics64: UInt16 = 23
    static let namespaceDescriptor: UInt16 = 28
    /// IFLA_INFO_KIND and IFLA_INFO_DATA inside `information`.
    static let kind: UInt16 = 1
    static let data: UInt16 = 2
    /// IFLA_INFO_SLAVE_KIND and IFLA_INFO_SLAVE_DATA inside `information`.
    static let portKind: UInt16 = 4
    static let portData: UInt16 = 5
    /// VETH_INFO_PEER inside `data`.
    static let vethPeer: UInt16 = 1
}

/// One end of a veth pair that is made inside another network namespace.
public struct VethPeer: Sendable {
    /// The interface's name there: `eth0`.
    public var name: String
    /// Its number there.
    public var index: Int32
    /// Six bytes.
    public var macAddress: [UInt8]
    /// The namespace it is born in.
    public var namespace: FileDescriptor

    /// A peer by parts.
    public init(name: String, index: Int32, macAddress: [UInt8], namespace: FileDescriptor) {
        self.name = name
        self.index = index
        self.macAddress = macAddress
        self.namespace = namespace
    }
}

extension NetlinkRequest {
    /// Makes a bridge, down and without addresses.
    public mutating func makeBridge(_ name: String, mtu: UInt32) {
        message(type: RouteNumber.newLink, flags: [.acknowledge, .create, .exclusive], "make the bridge \(name)") {
            $0.linkHeader()
            $0.attribute(LinkAttribute.name, name)
            $0.attribute(LinkAttribute.mtu, mtu)
            $0.nested(LinkAttribute.information) { $0.attribute(LinkAttribute.kind, "bridge") }
        }
    }

    /// Makes a veth pair: one end here, up, a port of the bridge `master`; the other inside a namespace, born there, since
    /// moving it there later costs a grace period (30 ms). That one is down: the kernel refuses to bring it up before the
    /// pair is joined (ENOTCONN).
    public mutating func makeVeth(_ name: String, master: Int32? = nil, mtu: UInt32, peer: VethPeer) {
        message(
            type: RouteNumber.newLink, flags: [.acknowledge, .create, .exclusive], "make the interface pair \(name)"
        ) {
            $0.linkHeader(up: true)
            $0.attribute(LinkAttribute.name, name)
            $0.attribute(LinkAttribute.mtu, mtu)
            if let master { $0.attribute(LinkAttribute.master, master) }
            $0.nested(LinkAttribute.information) {
                $0.attribute(LinkAttribute.kind, "veth")
                $0.nested(LinkAttribute.data) {
                    $0.nested(LinkAttribute.vethPeer) {
                        $0.linkHeader(index: peer.index)
                        $0.attribute(LinkAttribute.name, peer.name)
                        $0.attribute(LinkAttribute.mtu, mtu)
                        $0.attribute(LinkAttribute.address, bytes: peer.macAddress)
                        $0.attribute(LinkAttribute.namespaceDescriptor, UInt32(bitPattern: peer.namespace.number))
                    }
                }
            }
        }
    }

    /// Lets a bridge send a frame out by the port it came in by (`hairpin on` in bridge(8)). A container needs it to call
    /// its own published port where br_netfilter redirects inside the bridge.
    public mutating func setHairpin(_ name: String) {
        message(type: RouteNumber.newLink, "set up the bridge port \(name)") {
            $0.linkHeader()
            $0.attribute(LinkAttribute.name, name)
            $0.nested(LinkAttribute.information) {
                $0.attribute(LinkAttribute.portKind, "bridge")
                $0.nested(LinkAttribute.portData) { $0.attribute(4, UInt8(1)) }  // IFLA_BRPORT_MODE
            }
        }
    }

    /// Brings a link up; gives it an alias (`ip link show` prints it) and a hardware address too, where there is one.
    public mutating func setUp(_ index: Int32, alias: String? = nil, macAddress: [UInt8]? = nil) {
        message(type: RouteNumber.newLink, "bring link \(index) up") {
            $0.linkHeader(index: index, up: true)
            if let alias { $0.attribute(LinkAttribute.alias, bytes: alias.utf8) }
            if let macAddress { $0.attribute(LinkAttribute.address, bytes: macAddress) }
        }
    }

    /// Removes a link; a veth takes its other end along.
    public mutating func deleteLink(_ index: Int32) {
        message(type: RouteNumber.deleteLink, "remove link \(index)") { $0.linkHeader(index: index) }
    }

    /// Adds an address of 4 or 16 bytes; IPv6 addresses are usable at once (IFA_F_NODAD): we know that they are unique.
    public mutating func addAddress(_ address: [UInt8], prefixLength: UInt8, to index: Int32) {
        message(type: RouteNumber.newAddress, flags: [.acknowledge, .create], "add an address to link \(index)") {
            $0.addressHeader(address, prefixLength: prefixLength, index: index)
            $0.attribute(2, bytes: address)  // IFA_LOCAL
            $0.attribute(1, bytes: address)  // IFA_ADDRESS
            if address.count == 4, prefixLength < 31 {
                let host = prefixLength == 0 ? UInt32.max : (1 << (32 - UInt32(prefixLength))) - 1
                let number = address.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } | host
                $0.attribute(4, number.bigEndian)  // IFA_BROADCAST
            }
        }
    }

    /// Takes an address away.
    public mutating func removeAddress(_ address: [UInt8], prefixLength: UInt8, from index: Int32) {
        message(type: RouteNumber.deleteAddress, "take an address from link \(index)") {
            $0.addressHeader(address, prefixLength: prefixLength, index: index)
            $0.attribute(2, bytes: address)
        }
    }

    /// Adds the default route of a family: out by link `index` to `gateway`.
    public mutating func addDefaultRoute(gateway: [UInt8], index: Int32) {
        message(type: RouteNumber.newRoute, flags: [.acknowledge, .create], "add a default route") {
            $0.append(gateway.count == 4 ? RouteNumber.family4 : RouteNumber.family6)
            // rtm_dst_len, rtm_src_len, rtm_tos, RT_TABLE_MAIN, RTPROT_BOOT, RT_SCOPE_UNIVERSE, RTN_UNICAST
            $0.append(bytes: [0, 0, 0, 254, 3, 0, 1])
            $0.append(UInt32(0))
            $0.attribute(5, bytes: gateway)  // RTA_GATEWAY
            $0.attribute(4, index)  // RTA_OIF
        }
    }

    /// `struct ifinfomsg`.
    mutating func linkHeader(index: Int32 = 0, up: Bool = false) {
        append(UInt32(0))
        append(index)
        append(up ? RouteNumber.interfaceUp : 0)
        append(up ? RouteNumber.interfaceUp : 0)
    }

    /// `struct ifaddrmsg`.
    private mutating func addressHeader(_ address: [UInt8], prefixLength: UInt8, index: Int32) {
        append(address.count == 4 ? RouteNumber.family4 : RouteNumber.family6)
        append(prefixLength)
        append(address.count == 4 ? UInt8(0) : 0x02)
        append(UInt8(0))
        append(index)
    }
}
