import RawJSON

/// The tokens of a template as they are consumed, and the faults that name them.
struct TemplateTokens {
    private let tokens: [TemplateLexer.Token]
    var index = 0

    init(_ tokens: [TemplateLexer.Token]) { self.tokens = tokens }

    func peek() -> TemplateLexer.Token {
        // The last token is the end of the text; it is never used up.
        tokens[min(index, tokens.count - 1)]
    }

    mutating func next() -> TemplateLexer.Token {
        defer { index += 1 }
        return peek()
    }

    mutating func back() { index -= 1 }

    mutating func peekPastSpace() -> TemplateLexer.Token {
        while peek().kind == .space { index += 1 }
        return peek()
    }

    mutating func nextPastSpace() -> TemplateLexer.Token {
        _ = peekPastSpace()
        return next()
    }

    /// A fault on the line of the token read last, or of another.
    func fault(_ reason: String, at token: TemplateLexer.Token? = nil) -> TemplateError {
        let line = token?.line ?? tokens[min(max(0, index - 1), tokens.count - 1)].line
        return TemplateError("template: :\(line): \(reason)")
    }

    func unexpected(_ token: TemplateLexer.Token, _ context: String) -> TemplateError {
        let shown: String
        if token.kind == .end {
            shown = "EOF"
        } else if token.kind == .word, Keywords.statements.contains(token.value) {
            shown = "<\(token.value)>"
        } else if token.value.utf8.count > 10 {
            shown = GoValue.quote(String(token.value.prefix(10))) + "..."
        } else {
            shown = GoValue.quote(token.value)
        }
        return fault("unexpected \(shown) in \(context)", at: token)
    }
}

/// The words that start statements.
enum Keywords {
    static let statements: Set<String> = [
        "block", "break", "continue", "define", "else", "end", "if", "range", "template", "with",
    ]
}

/// Go's literals.
enum GoLiteral {
    static func string(_ text: String, orThrow fault: TemplateError) throws(TemplateError) -> String {
        guard let string = try value(text, orThrow: fault).string else { throw fault }
        return string
    }

    /// A quoted or raw string, or the number of a character.
    static func value(_ text: String, orThrow fault: TemplateError) throws(TemplateError) -> JSONValue {
        let body = text.dropFirst().dropLast()
        guard text.first != "`" else { return .string(String(body)) }
        guard let string = unescaped(body) else { throw fault }
        guard text.first == "'" else { return .string(string) }
        guard string.unicodeScalars.count == 1, let scalar = string.unicodeScalars.first else { throw fault }
        return .int(Int(scalar.value))
    }

    private static func unescaped(_ text: Substring) -> String? {
        var out: [UInt8] = []
        var scalars = text.unicodeScalars.makeIterator()
        func number(_ digits: Int, radix: Int) -> UInt32? {
            var text = ""
            for _ in 0..<digits { if let scalar = scalars.next() { text.unicodeScalars.append(scalar) } }
            return text.count == digits ? UInt32(text, radix: radix) : nil
        }
        while let scalar = scalars.next() {
            guard scalar == "\\" else {
                out += Array(String(scalar).utf8)
                continue
            }
            guard let escape = scalars.next() else { return nil }
            switch escape {
            case "x":
                guard let byte = number(2, radix: 16) else { return nil }
                out.append(UInt8(truncatingIfNeeded: byte))
            case "u", "U":
                guard let code = number(escape == "u" ? 4 : 8, radix: 16), let scalar = Unicode.Scalar(code) else {
                    return nil
                }
                out += Array(String(scalar).utf8)
            default:
                guard let byte = simple[escape] else { return nil }
                out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static let simple: [Unicode.Scalar: UInt8] = [
        "a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92, "\"": 34, "'": 39,
    ]

    /// Decimal, hexadecimal, octal and binary integers, and decimal fractions.
    static func number(_ text: String) -> JSONValue? {
        let plain = text.filter { $0 != "_" }
        let isNegative = plain.hasPrefix("-")
        let digits = plain.drop { $0 == "-" || $0 == "+" }
        for (prefix, radix) in [("0x", 16), ("0X", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
            return Int64(digits.dropFirst(2), radix: radix).map { .number(JSONNumber(isNegative ? -$0 : $0)) }
        }
        if let integer = Int64(digits) { return .number(JSONNumber(isNegative ? -integer : integer)) }
        return Double(digits).flatMap { JSONNumber(isNegative ? -$0 : $0) }.map { .number($0) }
    }
}
