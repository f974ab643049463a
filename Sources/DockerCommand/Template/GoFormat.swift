import RawJSON

/// How Go's fmt writes values.
enum GoFormat {
    /// `%v`.
    static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "<nil>"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): number.text
        case .string(let text): text
        case .array(let elements): "[" + elements.map(text).joined(separator: " ") + "]"
        case .object(let object):
            "map["
                + object.members.sorted { $0.name < $1.name }.map { "\($0.name):\(text($0.value))" }
                .joined(separator: " ") + "]"
        }
    }

    /// `Sprint`: a space between operands when neither is a string.
    static func print(_ values: [JSONValue]) -> String {
        var out = ""
        for (index, value) in values.enumerated() {
            if index > 0, value.string == nil, values[index - 1].string == nil { out += " " }
            out += text(value)
        }
        return out
    }

    /// `Sprintf` with `%s %v %d %q %t %f %x %%`, widths, `-`, `0` and precision.
    static func printf(_ format: String, _ arguments: [JSONValue]) -> String {
        var out = ""
        var values = arguments[...]
        var rest = Substring(format)
        while let first = rest.first {
            rest = rest.dropFirst()
            guard first == "%" else {
                out.append(first)
                continue
            }
            let options = rest.prefix { "-+# 0123456789.".contains($0) }
            rest = rest.dropFirst(options.count)
            guard let verb = rest.popFirst() else { return out + "%!(NOVERB)" }
            if verb == "%" {
                out += "%"
                continue
            }
            guard let value = values.popFirst() else {
                out += "%!\(verb)(MISSING)"
                continue
            }
            out += pad(render(value, verb, options), options)
        }
        if !values.isEmpty {
            out += "%!(EXTRA " + values.map { "\(typeName($0))=\(text($0))" }.joined(separator: ", ") + ")"
        }
        return out
    }

    private static func render(_ value: JSONValue, _ verb: Character, _ options: Substring) -> String {
        let precision = options.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first
            .flatMap { Int($0) }
        switch (verb, value) {
        case ("s", .string(let text)), ("v", .string(let text)):
            return precision.map { String(text.prefix($0)) } ?? text
        case ("v", _), ("s", .array), ("s", .object): return text(value)
        case ("q", .string(let text)): return GoValue.quote(text)
        case ("q", .array(let elements)): return "[" + elements.map { render($0, "q", "") }.joined(separator: " ") + "]"
        case ("d", .number(let number)) where number.isInteger: return number.text
        case ("t", .bool(let flag)): return flag ? "true" : "false"
        case ("x", .number(let number)), ("X", .number(let number)):
            return number.int64.map { String($0, radix: 16, uppercase: verb == "X") } ?? number.text
        case ("x", .string(let text)), ("X", .string(let text)):
            return text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: verb == "X") }.joined()
        case ("o", .number(let number)): return number.int64.map { String($0, radix: 8) } ?? number.text
        case ("b", .number(let number)): return number.int64.map { String($0, radix: 2) } ?? number.text
        case ("c", .number(let number)), ("U", .number(let number)):
            guard let scalar = number.int64.flatMap({ UInt32(exactly: $0) }).flatMap(Unicode.Scalar.init) else { break }
            let hex = String(scalar.value, radix: 16, uppercase: true)
            return verb == "c" ? String(scalar) : "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
        case ("T", _): return typeName(value)
        case ("f", .number(let number)): return Decimal.fixed(number.double ?? 0, digits: precision ?? 6)
        default: break
        }
        return "%!\(verb)(\(typeName(value))=\(text(value)))"
    }

    static func typeName(_ value: JSONValue) -> String {
        switch value {
        case .null: "<nil>"
        case .bool: "bool"
        case .number(let number): number.isInteger ? "int" : "float64"
        case .string: "string"
        case .array: "[]interface {}"
        case .object: "map[string]interface {}"
        }
    }

    private static func pad(_ text: String, _ options: Substring) -> String {
        let isLeft = options.contains("-")
        let digits = options.drop { "-+# 0".contains($0) }.prefix { $0.isNumber }
        guard let width = Int(digits), text.count < width else { return text }
        let zero = options.drop { "-+# ".contains($0) }.first == "0" && !isLeft
        let space = String(repeating: zero ? "0" : " ", count: width - text.count)
        return isLeft ? text + space : space + text
    }
}
