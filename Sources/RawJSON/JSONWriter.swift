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
        String(decoding: bytes(options), as: UTF8.self)
    }

    /// The same as UTF-8.
    public func bytes(_ options: WritingOptions = .compact) -> [UInt8] {
        var writer = JSONWriter(options: options)
        writer.write(self, depth: 0)
        return writer.output
    }

    /// The same with a line end, as Go's encoder writes documents.
    public func line(_ options: WritingOptions = .compact) -> [UInt8] { bytes(options) + [UInt8(ascii: "\n")] }
}

struct JSONWriter {
    private let options: JSONValue.WritingOptions
    private(set) var output: [UInt8] = []

    init(options: JSONValue.WritingOptions) {
        self.options = options
    }

    mutating func write(_ value: JSONValue, depth: Int) {
        switch value {
        case .null: append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .number(let number): append(number.text)
        case .string(let text): quote(text)
        case .array(let elements):
            list("[", "]", elements, depth: depth) { writer, element in writer.write(element, depth: depth + 1) }
        case .object(let object):
            list("{", "}", object.members, depth: depth) { writer, member in
                writer.quote(member.name)
                writer.put(":")
                if writer.options.indent != nil { writer.put(" ") }
                writer.write(member.value, depth: depth + 1)
            }
        }
    }

    private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }

    private mutating func put(_ character: Unicode.Scalar) { output.append(UInt8(ascii: character)) }

    private mutating func list<Element>(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ elements: [Element], depth: Int,
        _ body: (inout JSONWriter, Element) -> Void
    ) {
        put(open)
        for (index, element) in elements.enumerated() {
            if index > 0 { put(",") }
            breakLine(depth + 1)
            body(&self, element)
        }
        if !elements.isEmpty { breakLine(depth) }
        put(close)
    }

    private mutating func breakLine(_ depth: Int) {
        guard let indent = options.indent else { return }
        append("\n" + String(repeating: indent, count: depth))
    }

    /// Copies run after run of what needs no escape.
    private mutating func quote(_ text: String) {
        put("\"")
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            var index = 0
            while index < bytes.count {
                guard !Self.isPlain(bytes[index]), let escaped = escaped(bytes, at: index) else {
                    index += 1
                    continue
                }
                output.append(contentsOf: bytes[start..<index])
                append(escaped.text)
                index += escaped.length
                start = index
            }
            output.append(contentsOf: bytes[start...])
        }
        put("\"")
    }

    /// Whether a byte stands for itself whatever follows and whatever the options.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x21, 0x23...0x25, 0x27...0x3b, 0x3d, 0x3f...0x5b, 0x5d...0xe1, 0xe3...0xff: true
        default: false
        }
    }

    /// What stands for the character that begins there, and how many bytes that has; `nil` for one that stands for itself.
    private func escaped(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (text: String, length: Int)? {
        switch bytes[index] {
        case UInt8(ascii: "\""): return ("\\\"", 1)
        case UInt8(ascii: "\\"): return ("\\\\", 1)
        case UInt8(ascii: "\n"): return ("\\n", 1)
        case UInt8(ascii: "\r"): return ("\\r", 1)
        case UInt8(ascii: "\t"): return ("\\t", 1)
        case 0..<0x20: return (Self.escape(UInt32(bytes[index])), 1)
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            return options.escapesHTML ? (Self.escape(UInt32(bytes[index])), 1) : nil
        // U+2028 and U+2029, which end a line in JavaScript, are E2 80 A8 and E2 80 A9.
        case 0xe2 where index + 2 < bytes.count && bytes[index + 1] == 0x80 && bytes[index + 2] & 0xfe == 0xa8:
            return (Self.escape(0x2000 | UInt32(bytes[index + 2] & 0x3f)), 3)
        default: return nil
        }
    }

    private static func escape(_ scalar: UInt32) -> String {
        let digits = String(scalar, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
