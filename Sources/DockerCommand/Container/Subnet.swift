#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A network in CIDR notation.
struct Subnet: Sendable {
    private let address: [UInt8]
    private let prefix: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count == 2, let prefix = Int(parts[1]), let address = Self.bytes(parts[0]),
            (0...address.count * 8).contains(prefix)
        else { return nil }
        self.address = address
        self.prefix = prefix
    }

    /// Whether an address, or the first address of a range in CIDR notation, lies within.
    func contains(_ text: String) -> Bool {
        guard let other = Self.bytes(String(text.prefix { $0 != "/" })), other.count == address.count else {
            return false
        }
        return (0..<prefix).allSatisfy { bit in
            let mask: UInt8 = 0x80 >> UInt8(bit % 8)
            return address[bit / 8] & mask == other[bit / 8] & mask
        }
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 { return withUnsafeBytes(of: v4) { Array($0) } }
        var v6 = in6_addr()
        return inet_pton(AF_INET6, text, &v6) == 1 ? withUnsafeBytes(of: v6) { Array($0) } : nil
    }
}
