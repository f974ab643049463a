/// Shows raw bytes in messages: bounded, control characters escaped.
enum Excerpt {
    /// How many characters a message shows of a value.
    static let limit = 240

    /// `"text\n"` in quotes, cut with a note of how much is missing.
    static func quoted(_ text: some StringProtocol) -> String { "\"\(escaped(text))\"" + tail(text) }

    /// `"text\n"`, from bytes.
    static func quoted(bytes: some Collection<UInt8>) -> String {
        let shown = String(decoding: bytes.prefix(limit * 4), as: UTF8.self)
        if bytes.count > limit * 4 { return "\"\(escaped(shown))\"… (\(bytes.count) bytes)" }
        return quoted(shown)
    }

    /// Text as it is, cut where it is too long.
    static func bounded(_ text: String) -> String {
        text.unicodeScalars.count <= limit ? text : String(text.unicodeScalars.prefix(limit)) + "…"
    }

    private static func tail(_ text: some StringProtocol) -> String {
        text.unicodeScalars.count > limit ? "… (\(text.utf8.count) bytes)" : ""
    }

    static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(limit) {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}":
                let digits = String(scalar.value, radix: 16)
                result += "\\x" + (digits.count < 2 ? "0" : "") + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
