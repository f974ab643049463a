/// A range of IPv4 addresses in CIDR form (RFC 4632): `172.30.0.0/16`.
public struct IPv4Network: Sendable, Hashable, CustomStringConvertible {
    /// The first address as a number; the bits of the host are zero.
    public let base: UInt32
    /// How many leading bits name the network: 0...30 for one that has room for containers.
    public let prefixLength: UInt8

    /// A network by one of its addresses.
    public init(containing address: UInt32, prefixLength: UInt8) {
        self.prefixLength = prefixLength
        base = prefixLength == 0 ? 0 : address & ~Self.hostMask(prefixLength)
    }

    /// Reads `172.30.0.0/16`; `nil` where it is none or has bits of a host set.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(String(parts[0])), !address.isIPv6,
            let length = UInt8(parts[1]), length <= 32
        else { return nil }
        self.init(containing: address.number, prefixLength: length)
        guard base == address.number else { return nil }
    }

    private static func hostMask(_ prefixLength: UInt8) -> UInt32 {
        prefixLength == 0 ? .max : UInt32((UInt64(1) << UInt64(32 - prefixLength)) - 1)
    }

    /// The last address, to which everybody listens.
    public var broadcast: UInt32 { base | Self.hostMask(prefixLength) }
    /// The bridge's own address: the first that is usable.
    public var gateway: UInt32 { base + 1 }

    /// Whether an address lies in it.
    public func contains(_ address: UInt32) -> Bool { address >= base && address <= broadcast }

    /// Whether both share an address.
    public func overlaps(_ other: IPv4Network) -> Bool { contains(other.base) || other.contains(base) }

    /// `172.30.0.0/16`
    public var description: String { "\(IPAddress(ipv4: base))/\(prefixLength)" }
}

extension IPAddress {
    /// An IPv4 address by its number.
    init(ipv4 number: UInt32) { self.init(bytes: withUnsafeBytes(of: number.bigEndian) { Array($0) }) }

    /// An IPv4 address as a number.
    var number: UInt32 { bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }
}

/// The ULA range (RFC 4193) of containers, so that ports can be published on IPv6: 48 random bits behind `fd`, /64.
struct IPv6Network: Sendable, Hashable {
    static let prefixLength: UInt8 = 64
    /// 16 bytes, the last eight zero.
    let base: [UInt8]

    /// Draws a range; the chance that two hosts draw the same is one in 2^40 and more.
    static func random(using generator: inout some RandomNumberGenerator) -> IPv6Network {
        IPv6Network(
            base: [0xfd] + (0..<7).map { _ in UInt8.random(in: 0...255, using: &generator) }
                + Array(repeating: 0, count: 8))
    }

    /// The range as text without its length, read back.
    init?(_ text: String) {
        guard let address = IPAddress(text), address.isIPv6, address.bytes.suffix(8).allSatisfy({ $0 == 0 }) else {
            return nil
        }
        base = address.bytes
    }

    private init(base: [UInt8]) { self.base = base }

    /// The address with that IPv4 address in its last four bytes.
    func address(for ipv4: UInt32) -> IPAddress {
        IPAddress(bytes: base.prefix(12) + IPAddress(ipv4: ipv4).bytes)
    }
}
