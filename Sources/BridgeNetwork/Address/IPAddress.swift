import Glibc

/// An IPv4 or IPv6 address by its bytes.
public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16 bytes, as they go over the wire.
    public let bytes: [UInt8]

    /// An address by its 4 or 16 bytes.
    init(bytes: [UInt8]) { self.bytes = bytes }

    /// The address that a text names: `172.30.0.2`, `::1`, also in brackets; `nil` where it names none.
    public init?(_ text: String) {
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        let isIPv6 = bare.utf8.contains(UInt8(ascii: ":"))
        var room = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
        guard inet_pton(isIPv6 ? AF_INET6 : AF_INET, bare, &room) == 1 else { return nil }
        bytes = room
    }

    /// 0.0.0.0
    static let anyIPv4 = IPAddress(bytes: [0, 0, 0, 0])
    /// ::
    static let anyIPv6 = IPAddress(bytes: Array(repeating: 0, count: 16))
    /// ::1
    static let loopbackIPv6 = IPAddress(bytes: Array(repeating: 0, count: 15) + [1])

    /// Whether it is an IPv6 address.
    public var isIPv6: Bool { bytes.count == 16 }
    /// Whether it stands for every address of the host.
    public var isAny: Bool { bytes.allSatisfy { $0 == 0 } }

    /// The usual text.
    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(isIPv6 ? AF_INET6 : AF_INET, bytes, &text, socklen_t(text.count)) != nil else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
