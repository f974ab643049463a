/// How Go's strconv reads and writes values, with its error texts.
enum GoValue {
    static func bool(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }

    /// A whole number as `strconv.ParseInt(text, 0, 64)` reads it: decimal, `0x`, `0o`, `0b` and leading-zero octal.
    static func int(_ text: String) -> Int64? {
        let negative = text.hasPrefix("-")
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
        guard let magnitude = uint(digits) else { return nil }
        if negative {
            return magnitude <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
        }
        return Int64(exactly: magnitude)
    }

    /// A whole number as `strconv.ParseUint(text, 0, 64)` reads it.
    static func uint(_ text: String) -> UInt64? {
        guard text.first?.isNumber == true else { return nil }
        let lower = text.lowercased()
        if lower.hasPrefix("0x") { return UInt64(lower.dropFirst(2), radix: 16) }
        if lower.hasPrefix("0b") { return UInt64(lower.dropFirst(2), radix: 2) }
        if lower.hasPrefix("0o") { return UInt64(lower.dropFirst(2), radix: 8) }
        return lower.hasPrefix("0") && lower.count > 1 ? UInt64(lower.dropFirst(), radix: 8) : UInt64(lower)
    }

    static func checkInt(_ text: String) -> String? {
        guard int(text) == nil else { return nil }
        return "strconv.ParseInt: parsing \(quote(text)): \(fault(text.drop { $0 == "-" || $0 == "+" }))"
    }

    static func checkUInt(_ text: String, maximum: UInt64) -> String? {
        if let value = uint(text) {
            return value <= maximum ? nil : "strconv.ParseUint: parsing \(quote(text)): value out of range"
        }
        return "strconv.ParseUint: parsing \(quote(text)): \(fault(text[...]))"
    }

    private static func fault(_ digits: Substring) -> String {
        !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber } ? "value out of range" : "invalid syntax"
    }

    /// The text as Go's `%q` writes it.
    static func quote(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case "\u{7}": out += "\\a"
            case "\u{8}": out += "\\b"
            case "\u{c}": out += "\\f"
            case "\u{b}": out += "\\v"
            case "\u{0}"..<" ", "\u{7f}":
                let hex = String(scalar.value, radix: 16)
                out += "\\x" + (hex.count == 1 ? "0" : "") + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
