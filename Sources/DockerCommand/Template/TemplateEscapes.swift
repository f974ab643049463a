/// Texts made safe for HTML, JavaScript and URL queries, as Go's templates write them.
enum TemplateEscapes {
    static func html(_ text: String) -> String {
        let names: [Character: String] = ["<": "&lt;", ">": "&gt;", "&": "&amp;", "\"": "&#34;", "'": "&#39;"]
        return text.map { names[$0] ?? String($0) }.joined()
    }

    static func javaScript(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "'": "\\'"
            case "\"": "\\\""
            case "<", ">", "&", "=": "\\u00" + hexadecimal(UInt8(truncatingIfNeeded: scalar.value))
            case _ where scalar.value < 0x20: "\\u00" + hexadecimal(UInt8(truncatingIfNeeded: scalar.value))
            default: String(scalar)
            }
        }.joined()
    }

    static func query(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = UnicodeScalar(byte)
            if byte == 0x20 { return "+" }
            let isPlain =
                byte < 0x80 && (scalar.properties.isAlphabetic || "0123456789-_.~".unicodeScalars.contains(scalar))
            return isPlain ? String(scalar) : "%" + hexadecimal(byte)
        }.joined()
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}
