/// The expressions of one nf_tables rule, in order; each loads a register, compares one, or decides.
///
/// A packet leaves the rule at the first comparison that does not hold. Registers are NFT_REG32_00 and up, four bytes
/// each, so that fields side by side make the key of a map.
public struct RuleExpressions {
    /// NFT_META_… keys.
    public enum Meta: UInt32, Sendable {
        /// The interface it came in by, 16 bytes.
        case inputInterface = 6
        /// The interface it goes out by, 16 bytes.
        case outputInterface = 7
        /// The address family (NFPROTO_…), 1 byte.
        case family = 15
        /// The transport protocol (IPPROTO_…), 1 byte.
        case transport = 16
    }

    /// NFT_PAYLOAD_… bases.
    public enum Header: UInt32, Sendable {
        /// The IP header.
        case network = 1
        /// The header after it.
        case transport = 2
    }

    /// NFT_CT_… keys of a tracked connection, each a mask of bits in the host's byte order.
    public enum Connection: UInt32, Sendable {
        /// NF_CT_STATE_BIT(…)
        case state = 0
        /// IPS_…
        case status = 2
    }

    /// What becomes of the packet (NF_…).
    public enum Verdict: UInt32, Sendable {
        /// It is gone.
        case drop = 0
        /// This chain lets it pass.
        case accept = 1
    }

    var request = NetlinkRequest()

    private static let firstRegister: UInt32 = 8

    /// Goes on where a property of the packet has that value, or, `unless`, where it has not.
    public mutating func require(_ key: Meta, _ value: [UInt8], unless isInverted: Bool = false) {
        load(key, into: 0)
        compare(value, unless: isInverted)
    }

    /// Goes on where the packet came in or goes out by that interface, or, `unless`, by another.
    public mutating func require(_ key: Meta, named name: String, unless isInverted: Bool = false) {
        let padded = Array(name.utf8.prefix(15))
        require(key, padded + Array(repeating: 0, count: 16 - padded.count), unless: isInverted)
    }

    /// Goes on where the address at `offset` of the IP header lies in a network, or, `unless`, outside.
    public mutating func requireAddress(
        at offset: UInt32, in network: [UInt8], prefixLength: Int, unless isInverted: Bool = false
    ) {
        load(.network, offset: offset, length: UInt32(network.count), into: 0)
        let mask = (0..<network.count).map { index -> UInt8 in
            let bits = min(8, max(0, prefixLength - index * 8))
            return bits == 0 ? 0 : 0xff << UInt8(8 - bits)
        }
        if mask.contains(where: { $0 != 0xff }) { maskRegister(mask) }
        compare(zip(network, mask).map { $0 & $1 }, unless: isInverted)
    }

    /// Goes on where the destination is an address of this host (RTN_LOCAL).
    public mutating func requireLocalDestination() {
        expression("fib") {
            $0.attribute(1, Self.firstRegister.bigEndian)
            $0.attribute(2, UInt32(3).bigEndian)  // NFT_FIB_RESULT_ADDRTYPE
            $0.attribute(3, UInt32(2).bigEndian)  // NFTA_FIB_F_DADDR
        }
        compare(hostBytes(2))
    }

    /// Goes on where a tracked connection has one of these bits.
    public mutating func require(_ key: Connection, anyOf bits: UInt32) {
        expression("ct") {
            $0.attribute(1, Self.firstRegister.bigEndian)
            $0.attribute(2, key.rawValue.bigEndian)
        }
        maskRegister(hostBytes(bits))
        compare([0, 0, 0, 0], unless: true)
    }

    /// Loads a property of the packet into register `register`.
    public mutating func load(_ key: Meta, into register: UInt32) {
        expression("meta") {
            $0.attribute(2, key.rawValue.bigEndian)
            $0.attribute(1, (Self.firstRegister + register).bigEndian)
        }
    }

    /// Loads bytes of a header into register `register` and those after it.
    public mutating func load(_ header: Header, offset: UInt32, length: UInt32, into register: UInt32) {
        expression("payload") {
            $0.attribute(1, (Self.firstRegister + register).bigEndian)
            $0.attribute(2, header.rawValue.bigEndian)
            $0.attribute(3, offset.bigEndian)
            $0.attribute(4, length.bigEndian)
        }
    }

    /// Goes on where the registers from 0 on are a key of that set.
    public mutating func require(in set: String) {
        expression("lookup") {
            $0.attribute(1, set)
            $0.attribute(2, Self.firstRegister.bigEndian)
        }
    }

    /// Replaces the registers from 0 on by the value that a map has for them; goes on where it has one.
    public mutating func translate(by map: String) {
        expression("lookup") {
            $0.attribute(1, map)
            $0.attribute(2, Self.firstRegister.bigEndian)
            $0.attribute(3, Self.firstRegister.bigEndian)
        }
    }

    /// Sends the connection to the address in register 0 and the port in register `portRegister`.
    public mutating func destinationNAT(ipv6: Bool, portRegister: UInt32) {
        expression("nat") {
            $0.attribute(1, UInt32(1).bigEndian)  // NFT_NAT_DNAT
            $0.attribute(2, UInt32(ipv6 ? 10 : 2).bigEndian)
            $0.attribute(3, Self.firstRegister.bigEndian)
            $0.attribute(5, (Self.firstRegister + portRegister).bigEndian)
        }
    }

    /// Gives the connection the address of the interface it leaves by.
    public mutating func masquerade() { expression("masq") { _ in } }

    /// Decides.
    public mutating func verdict(_ verdict: Verdict) {
        expression("immediate") {
            $0.attribute(1, UInt32(0))  // NFT_REG_VERDICT
            $0.nested(2) { $0.nested(2) { $0.attribute(1, verdict.rawValue.bigEndian) } }
        }
    }

    /// Refuses: a TCP connection by a reset, anything else by an ICMP message that nobody listens there.
    public mutating func reject(withReset: Bool) {
        expression("reject") {
            $0.attribute(1, UInt32(withReset ? 1 : 2).bigEndian)  // NFT_REJECT_TCP_RST, NFT_REJECT_ICMPX_UNREACH
            if !withReset { $0.attribute(2, UInt8(1)) }  // NFT_REJECT_ICMPX_PORT_UNREACH
        }
    }

    private mutating func compare(_ value: [UInt8], unless isInverted: Bool = false) {
        expression("cmp") {
            $0.attribute(1, Self.firstRegister.bigEndian)
            $0.attribute(2, UInt32(isInverted ? 1 : 0).bigEndian)
            $0.nested(3) { $0.attribute(1, bytes: value) }
        }
    }

    private mutating func maskRegister(_ mask: [UInt8]) {
        expression("bitwise") {
            $0.attribute(1, Self.firstRegister.bigEndian)
            $0.attribute(2, Self.firstRegister.bigEndian)
            $0.attribute(3, UInt32(mask.count).bigEndian)
            $0.nested(4) { $0.attribute(1, bytes: mask) }
            $0.nested(5) { $0.attribute(1, bytes: mask.map { _ in 0 }) }
        }
    }

    private func hostBytes(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number) { Array($0) } }

    private mutating func expression(_ name: String, _ body: (inout NetlinkRequest) -> Void) {
        request.nested(1) {
            $0.attribute(1, name)
            $0.nested(2, body)
        }
    }
}
