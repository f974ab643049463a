/// Cuts a template into tokens as Go's lexer does, each with the byte and the line it stands at.
struct TemplateLexer {
    enum Kind: Sendable, Equatable {
        case text, leftDelimiter, rightDelimiter, space, end
        case word, field, dot, variable, string, number
        case pipe, assign, declare, leftParen, rightParen, character
    }

    struct Token: Sendable {
        var kind: Kind
        var value: String
        var position: Int
        var line: Int
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var tokens: [Token] = []
    private var parenDepth = 0

    static func tokens(_ template: String) throws(TemplateError) -> [Token] {
        var lexer = TemplateLexer(bytes: Array(template.utf8))
        return try lexer.run()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func run() throws(TemplateError) -> [Token] {
        var trims = false
        while let open = find("{{", from: position) {
            try text(until: open, trimsLeft: trims)
            trims = try action()
        }
        try text(until: bytes.count, trimsLeft: trims)
        add(.end, 0)
        return tokens
    }

    private mutating func text(until end: Int, trimsLeft: Bool) throws(TemplateError) {
        var start = position, stop = end
        if trimsLeft { while start < stop, Self.isSpace(bytes[start]) { start += 1 } }
        let trimsRight =
            end + 3 < bytes.count && bytes[end + 2] == UInt8(ascii: "-") && Self.isSpace(bytes[end + 3])
        if trimsRight { while stop > start, Self.isSpace(bytes[stop - 1]) { stop -= 1 } }
        advanceLines(to: start)
        if start < stop { add(.text, stop - start) }
        advanceLines(to: end)
    }

    /// - Returns: whether the text after the action loses its leading space.
    private mutating func action() throws(TemplateError) -> Bool {
        let isTrimmed =
            position + 3 < bytes.count && bytes[position + 2] == UInt8(ascii: "-")
            && Self.isSpace(bytes[position + 3])
        let start = position + (isTrimmed ? 4 : 2)
        if starts("/*", at: start) {
            guard let close = find("*/", from: start + 2) else { throw fault("unclosed comment") }
            advanceLines(to: close + 2)
            guard let (length, trims) = closing() else { throw fault("comment ends before closing delimiter") }
            position += length
            return trims
        }
        add(.leftDelimiter, isTrimmed ? 3 : 2)
        parenDepth = 0
        while true {
            if let (length, trims) = closing() {
                guard parenDepth == 0 else { throw fault("unclosed left paren") }
                add(.rightDelimiter, length)
                return trims
            }
            try token()
        }
    }

    /// The length of a right delimiter that stands here, and whether it trims.
    private func closing() -> (length: Int, trims: Bool)? {
        if starts("}}", at: position) { return (2, false) }
        guard position < bytes.count, Self.isSpace(bytes[position]) else { return nil }
        return starts("-}}", at: position + 1) ? (4, true) : nil
    }

    private mutating func token() throws(TemplateError) {
        guard position < bytes.count else { throw fault("unclosed action") }
        let byte = bytes[position]
        switch byte {
        case _ where Self.isSpace(byte):
            var end = position
            while end < bytes.count, Self.isSpace(bytes[end]), !starts("-}}", at: end + 1) { end += 1 }
            add(.space, max(1, end - position))
        case UInt8(ascii: "="): add(.assign, 1)
        case UInt8(ascii: ":"):
            guard starts(":=", at: position) else { throw fault("expected :=") }
            add(.declare, 2)
        case UInt8(ascii: "|"): add(.pipe, 1)
        case UInt8(ascii: "("):
            parenDepth += 1
            add(.leftParen, 1)
        case UInt8(ascii: ")"):
            parenDepth -= 1
            guard parenDepth >= 0 else { throw fault("unexpected right paren") }
            add(.rightParen, 1)
        case UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "'"): try quoted(byte)
        case UInt8(ascii: "$"): try name(.variable)
        case UInt8(ascii: ".") where position + 1 < bytes.count && !isDigit(at: position + 1): try name(.field)
        case UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try number()
        case _ where Self.isName(byte): try name(.word)
        case 0x21...0x7e: add(.character, 1)
        default: throw fault("unrecognized character in action: \(quotedRune())")
        }
    }

    /// A name, with its `.` or `$`; a lone `.` is the dot.
    private mutating func name(_ kind: Kind) throws(TemplateError) {
        var end = position + (kind == .word ? 0 : 1)
        while end < bytes.count, Self.isName(bytes[end]) { end += 1 }
        if end < bytes.count {
            let next = bytes[end]
            let isEnd = Self.isSpace(next) || ".,|:=()".utf8.contains(next) || starts("}}", at: end)
            guard isEnd else {
                position = end
                throw fault("bad character \(quotedRune())")
            }
        }
        add(kind == .field && end == position + 1 ? .dot : kind, end - position)
    }

    private mutating func number() throws(TemplateError) {
        var end = position + 1
        while end < bytes.count, Self.isName(bytes[end]) || bytes[end] == UInt8(ascii: ".") { end += 1 }
        let text = String(decoding: bytes[position..<end], as: UTF8.self)
        guard text != "." else { throw fault("illegal number syntax: \".\"") }
        guard text.utf8.contains(where: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw fault("bad number syntax: \(GoValue.quote(text))")
        }
        add(.number, end - position)
    }

    private mutating func quoted(_ quote: UInt8) throws(TemplateError) {
        var end = position + 1
        let name =
            quote == UInt8(ascii: "`")
            ? "raw quoted string"
            : quote == UInt8(ascii: "'")
                ? "character constant"
                : "quoted string"
        while true {
            guard end < bytes.count, quote == UInt8(ascii: "`") || bytes[end] != 0x0a else {
                throw fault("unterminated \(name)")
            }
            if bytes[end] == quote { break }
            end += bytes[end] == UInt8(ascii: "\\") && quote != UInt8(ascii: "`") ? 2 : 1
        }
        add(.string, end + 1 - position)
    }

    private mutating func add(_ kind: Kind, _ length: Int) {
        let end = min(bytes.count, position + length)
        let value = String(decoding: bytes[position..<end], as: UTF8.self)
        tokens.append(Token(kind: kind, value: value, position: position, line: line))
        advanceLines(to: end)
    }

    private mutating func advanceLines(to end: Int) {
        line += bytes[position..<end].count { $0 == 0x0a }
        position = end
    }

    private func fault(_ reason: String) -> TemplateError { TemplateError("template: :\(line): \(reason)") }

    /// `U+0025 '%'`, as Go writes a character.
    private func quotedRune() -> String {
        guard let scalar = String(decoding: bytes[position...].prefix(4), as: UTF8.self).unicodeScalars.first else {
            return "EOF"
        }
        let hex = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex + " '\(scalar)'"
    }

    private func starts(_ mark: String, at index: Int) -> Bool {
        index < bytes.count && bytes[index...].starts(with: mark.utf8)
    }

    private func find(_ mark: String, from start: Int) -> Int? {
        guard let first = mark.utf8.first else { return nil }
        var index = start
        while index < bytes.count {
            if bytes[index] == first, starts(mark, at: index) { return index }
            index += 1
        }
        return nil
    }

    private func isDigit(at index: Int) -> Bool {
        index < bytes.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index])
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0d).contains(byte) && byte != 0x0b && byte != 0x0c
    }

    /// Letters beyond ASCII count as parts of names.
    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }
}
