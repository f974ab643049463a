extension JSONValue {
    /// How a value is written as text.
    public struct WritingOptions: Sendable {
        /// The white space of one level of indentation; `nil` writes all on one line without spaces.
        public var indent: String?
        /// Whether `<`, `>` and `&` become `\u003c`, `\u003e` and `\u0026`, as Go's encoding/json writes by default.
        public var escapesHTML: Bool

        /// Options by parts.
        public init(indent: String? = nil, escapesHTML: Bool = false) {
            self.indent = indent
            self.escapesHTML = escapesHTML
        }

        /// On one line, as a wire body.
        public static let compact = WritingOptions()
        /// Four spaces a level, as `docker inspect` prints.
        public static let pretty = WritingOptions(indent: "    ")
    }

    /// The value as JSON text, members in their order.
    public func text(_ options: WritingOptions = .compact) -> String {
        var writer = JSONWriter(options: options)
        writer.write(self, depth: 0)
        return writer.output
    }
}

struct JSONWriter {
    let options: JSONValue.WritingOptions
    var output = ""

    init(options: JSONValue.WritingOptions) {
        self.options = options
    }

    mutating func write(_ value: JSONValue, depth: Int) {
        switch value {
        case .null: output += "null"
        case .bool(let flag): output += flag ? "true" : "false"
        case .number(let number): output += number.text
        case .string(let text): quote(text)
        case .array(let elements):
            list("[", "]", elements, depth: depth) { writer, element in writer.write(element, depth: depth + 1) }
        case .object(let object):
            list("{", "}", object.members, depth: depth) { writer, member in
                writer.quote(member.name)
                writer.output += writer.options.indent == nil ? ":" : ": "
                writer.write(member.value, depth: depth + 1)
            }
        }
    }

    private mutating func list<Element>(
        _ open: String, _ close: String, _ elements: [Element], depth: Int,
        _ body: (inout JSONWriter, Element) -> Void
    ) {
        output += open
        for (index, element) in elements.enumerated() {
            if index > 0 { output += "," }
            breakLine(depth + 1)
            body(&self, element)
        }
        if !elements.isEmpty { breakLine(depth) }
        output += close
    }

    private mutating func breakLine(_ depth: Int) {
        guard let indent = options.indent else { return }
        output += "\n" + String(repeating: indent, count: depth)
    }

    private mutating func quote(_ text: String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case "<" where options.escapesHTML, ">" where options.escapesHTML, "&" where options.escapesHTML:
                escape(scalar)
            case "\u{0}"..<"\u{20}", "\u{2028}", "\u{2029}": escape(scalar)
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }

    private mutating func escape(_ scalar: UnicodeScalar) {
        let digits = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
