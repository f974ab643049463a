/// An Ethernet address.
struct MACAddress: Sendable, Hashable, CustomStringConvertible {
    /// Six bytes.
    let bytes: [UInt8]

    /// The address that belongs to an IPv4 address (`02:42:` and its bytes), so that a neighbour's table never names the
    /// wrong container.
    init(for address: UInt32) { bytes = [0x02, 0x42] + IPAddress(ipv4: address).bytes }

    /// Reads `02:42:ac:11:00:02`, also with hyphens; `nil` where it is none, or one of a group.
    init?(_ text: String) {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
        let bytes = parts.compactMap { $0.utf8.count == 2 ? UInt8($0, radix: 16) : nil }
        guard parts.count == 6, bytes.count == 6, bytes[0] & 1 == 0, bytes.contains(where: { $0 != 0 }) else {
            return nil
        }
        self.bytes = bytes
    }

    /// `02:42:ac:11:00:02`
    var description: String { bytes.map(Hexadecimal.byte).joined(separator: ":") }
}

/// Bytes as text, two digits each.
enum Hexadecimal {
    static func byte(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.utf8.count == 1 ? "0" + text : text
    }

    /// An identifier as docker makes them: `count` random bytes.
    static func random(bytes count: Int) -> String {
        (0..<count).map { _ in byte(UInt8.random(in: 0...255)) }.joined()
    }
}
