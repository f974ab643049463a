/// Percent-encoding (RFC 3986).
enum PercentText {
    private static let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    private static let ofTargets = unreserved.union("!$&'()*+,;=:@/?%".utf8)

    /// A query value, all but unreserved characters encoded.
    static func encoded(_ text: String) -> String { encode(text, keeping: unreserved) }

    /// A request target as a scenario writes it, with only those characters encoded that may not stand in one: braces,
    /// quotes, spaces, what is not ASCII.
    static func encodedTarget(_ text: String) -> String { encode(text, keeping: ofTargets) }

    private static func encode(_ text: String, keeping kept: Set<UInt8>) -> String {
        var output = ""
        for byte in text.utf8 {
            if kept.contains(byte) {
                output.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                output += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return output
    }

    /// The text with `%XX` and `+` resolved.
    static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
