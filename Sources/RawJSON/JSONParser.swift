/// Why a text is not JSON, and where.
public struct JSONParseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was wrong, for example `expected ',' or '}'`.
    public let reason: String
    /// The byte at which it was found, from 0.
    public let offset: Int
    /// The line of that byte, from 1.
    public let line: Int

    /// `invalid JSON at line 3, byte 41: expected ',' or '}'`.
    public var description: String { "invalid JSON at line \(line), byte \(offset): \(reason)" }
}

extension JSONValue {
    /// How deep arrays and objects may nest before a document is refused.
    public static let maximumDepth = 256

    /// Parses one JSON document; white space may surround it, nothing else may follow.
    ///
    /// - Throws: `JSONParseError`, with the byte and line of the first fault.
    public static func parse(_ bytes: some Collection<UInt8>) throws(JSONParseError) -> JSONValue {
        var parser = JSONParser(bytes: Array(bytes))
        let value = try parser.document()
        return value
    }

    /// Parses one JSON document from a string.
    public static func parse(_ text: String) throws(JSONParseError) -> JSONValue {
        try parse(text.utf8)
    }
}

/// A recursive-descent reader over bytes, strict to RFC 8259.
struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONParseError) -> JSONValue {
        skipWhiteSpace()
        let value = try self.value(depth: 0)
        skipWhiteSpace()
        guard position == bytes.count else { throw fault("unexpected text after the value") }
        return value
    }

    private func fault(_ reason: String) -> JSONParseError {
        let line = 1 + bytes.prefix(position).count { $0 == UInt8(ascii: "\n") }
        return JSONParseError(reason: reason, offset: position, line: line)
    }

    private mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(JSONParseError) -> JSONValue {
        guard depth <= JSONValue.maximumDepth else { throw fault("nested deeper than \(JSONValue.maximumDepth)") }
        guard position < bytes.count else { throw fault("the text ends where a value should stand") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONParseError) -> JSONValue {
        let expected = text.withUTF8Buffer { Array($0) }
        guard bytes[position...].starts(with: expected) else { throw fault("expected a value") }
        position += expected.count
        return value
    }

    private mutating func object(depth: Int) throws(JSONParseError) -> JSONValue {
        position += 1
        var members: [JSONObject.Member] = []
        skipWhiteSpace()
        if take(UInt8(ascii: "}")) { return .object(JSONObject()) }
        while true {
            skipWhiteSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw fault("expected a member name in quotes")
            }
            let name = try string()
            skipWhiteSpace()
            guard take(UInt8(ascii: ":")) else { throw fault("expected ':' after the name \"\(name)\"") }
            skipWhiteSpace()
            members.append(.init(name: name, value: try value(depth: depth + 1)))
            skipWhiteSpace()
            if take(UInt8(ascii: "}")) { return .object(JSONObject(members: members)) }
            guard take(UInt8(ascii: ",")) else { throw fault("expected ',' or '}'") }
        }
    }

    private mutating func array(depth: Int) throws(JSONParseError) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipWhiteSpace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            skipWhiteSpace()
            elements.append(try value(depth: depth + 1))
            skipWhiteSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw fault("expected ',' or ']'") }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func number() throws(JSONParseError) -> JSONNumber {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            // RFC 8259 section 6: a leading zero stands alone.
        } else if digits() == 0 {
            position = start
            throw fault("expected a value")
        }
        if take(UInt8(ascii: ".")), digits() == 0 { throw fault("expected a digit after '.'") }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            if digits() == 0 { throw fault("expected a digit in the exponent") }
        }
        return JSONNumber(uncheckedText: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() -> Int {
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
        return position - start
    }

    /// Takes run after run of what has no escape.
    private mutating func string() throws(JSONParseError) -> String {
        position += 1
        var start = position
        var content: [UInt8] = []
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let run = bytes[start..<position]
                position += 1
                let text =
                    content.isEmpty
                    ? String(validating: run, as: UTF8.self) : String(validating: content + run, as: UTF8.self)
                guard let text else { throw fault("a string that is not valid UTF-8") }
                return text
            case UInt8(ascii: "\\"):
                content += bytes[start..<position]
                position += 1
                content += try escape()
                start = position
            case 0..<0x20: throw fault("a control character inside a string; it must be escaped")
            default: position += 1
            }
        }
        throw fault("the text ends inside a string")
    }

    private mutating func escape() throws(JSONParseError) -> [UInt8] {
        guard position < bytes.count else { throw fault("the text ends inside a string") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw fault("unknown escape '\\\(Character(UnicodeScalar(byte)))'")
        }
    }

    private mutating func unicodeEscape() throws(JSONParseError) -> [UInt8] {
        let first = try hexQuad()
        guard (0xD800...0xDBFF).contains(first) else { return utf8(first) }
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { return utf8(0xFFFD) }
        let second = try hexQuad()
        guard (0xDC00...0xDFFF).contains(second) else { return utf8(0xFFFD) + utf8(second) }
        return utf8(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private mutating func hexQuad() throws(JSONParseError) -> UInt32 {
        let digits = bytes[position...].prefix(4).compactMap(\.hexadecimalValue)
        guard digits.count == 4 else { throw fault("expected four hexadecimal digits after \\u") }
        position += 4
        return digits.reduce(0) { $0 << 4 | UInt32($1) }
    }

    /// A lone surrogate becomes U+FFFD, as Go's encoding/json reads it.
    private func utf8(_ code: UInt32) -> [UInt8] {
        Array(String(Character(UnicodeScalar(code) ?? "\u{FFFD}")).utf8)
    }
}
