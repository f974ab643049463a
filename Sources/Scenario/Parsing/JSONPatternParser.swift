import RawJSON

/// Reads JSON patterns: JSON and the words, comparisons and expressions that stand for values.
struct JSONPatternParser {
    /// How deep patterns may nest, as JSON itself may.
    private static let maximumDepth = JSONValue.maximumDepth
    private static let words =
        JSONPattern.Kind.allCases.map(\.rawValue) + [
            "any", "absent", "null", "true", "false", "not", "each", "length", "exactly", "unordered",
        ]

    private var scanner: PatternScanner
    private var depth = 0

    init(_ text: String, line: Int) {
        scanner = PatternScanner(text, line: line)
    }

    /// All values of the text, with gaps.
    mutating func stream() throws(SyntaxFault) -> [JSONStreamPattern.Item] {
        var items: [JSONStreamPattern.Item] = []
        skipSpace()
        while !scanner.isAtEnd {
            let line = scanner.line
            items.append(scanner.take("...") ? .gap(line: line) : .value(try pattern()))
            skipSpace()
        }
        return items
    }

    private mutating func skipSpace() {
        while let scalar = scanner.current {
            if scalar == "#" {
                _ = scanner.takeWhile { $0 != "\n" }
            } else if scalar.properties.isWhitespace {
                scanner.advance()
            } else {
                return
            }
        }
    }

    private mutating func node(_ start: Int, _ line: Int, _ form: JSONPattern.Form) -> JSONPattern {
        JSONPattern(form, source: Self.collapsed(scanner.slice(from: start)), line: line)
    }

    /// White space and comments outside strings become one space.
    private static func collapsed(_ source: String) -> String {
        var result = String.UnicodeScalarView()
        var quoted = false
        var comment = false
        var escaped = false
        for scalar in source.unicodeScalars {
            if comment {
                comment = scalar != "\n"
                continue
            }
            if quoted {
                result.append(scalar)
                if !escaped && scalar == "\"" { quoted = false }
                escaped = !escaped && scalar == "\\"
                continue
            }
            if scalar == "#" {
                comment = true
            } else if scalar.properties.isWhitespace {
                if result.last != " " { result.append(" ") }
            } else {
                quoted = scalar == "\""
                result.append(scalar)
            }
        }
        return String(result).trimmingSpaces
    }

    private mutating func pattern() throws(SyntaxFault) -> JSONPattern {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw scanner.fault("nested deeper than \(Self.maximumDepth)") }
        return try joined("|", { .either($0) }) { parser throws(SyntaxFault) in
            try parser.joined("&", { .all($0) }) { inner throws(SyntaxFault) in try inner.unary() }
        }
    }

    private mutating func joined(
        _ separator: StaticString, _ make: ([JSONPattern]) -> JSONPattern.Form,
        _ operand: (inout JSONPatternParser) throws(SyntaxFault) -> JSONPattern
    ) throws(SyntaxFault) -> JSONPattern {
        skipSpace()
        let start = scanner.position
        let line = scanner.line
        let first = try operand(&self)
        var operands = [first]
        while let end = tryTake(separator) {
            _ = end
            skipSpace()
            operands.append(try operand(&self))
        }
        return operands.count == 1 ? first : node(start, line, make(operands))
    }

    /// Takes the text where it comes next behind white space; otherwise the cursor stays.
    private mutating func tryTake(_ text: StaticString) -> Void? {
        var ahead = self
        ahead.skipSpace()
        guard ahead.scanner.take(text) else { return nil }
        self = ahead
        return ()
    }

    private mutating func unary() throws(SyntaxFault) -> JSONPattern {
        skipSpace()
        let start = scanner.position
        let line = scanner.line
        guard let scalar = scanner.current else { throw scanner.fault("the pattern ends where a value should stand") }
        switch scalar {
        case "{": return node(start, line, .object(try members(), exactly: false))
        case "[": return node(start, line, .array(try elements(), unordered: false))
        case "\"": return node(start, line, .string(try LinePattern(quoted: &scanner)))
        case "/": return node(start, line, .regex(try scanner.regex()))
        case "(":
            scanner.advance()
            let inner = try pattern()
            guard tryTake(")") != nil else { throw scanner.fault("expected `)`") }
            return JSONPattern(inner.form, source: "(\(inner.source))", line: inner.line)
        case "$": return try expression(start, line)
        case "<", ">", "=", "!": return try comparison(start, line)
        case "-", "0"..."9": return node(start, line, .number(try number()))
        default: return try word(start, line)
        }
    }

    private mutating func members() throws(SyntaxFault) -> [JSONPattern.Member] {
        scanner.advance()
        var members: [JSONPattern.Member] = []
        while true {
            skipSpace()
            if scanner.take("}") { return members }
            if scanner.starts(with: "...") {
                throw scanner.fault(
                    "`...` in an object", hint: "Objects may always have more members; write `exactly {…}` where not")
            }
            guard scanner.current == "\"" else {
                throw scanner.fault("expected a member name in quotes or `}`, found \(found)")
            }
            let name = try Template(quoted: &scanner)
            guard !members.contains(where: { $0.name.pieces == name.pieces }) else {
                throw SyntaxFault("the member \(name.source) stands twice", line: name.line)
            }
            guard tryTake(":") != nil else { throw scanner.fault("expected `:` after \(name.source), found \(found)") }
            members.append(.init(name: name, value: try pattern()))
            guard tryTake(",") == nil else { continue }
            guard tryTake("}") != nil else { throw scanner.fault("expected `,` or `}`, found \(found)") }
            return members
        }
    }

    private mutating func elements() throws(SyntaxFault) -> [JSONPattern.Element] {
        scanner.advance()
        var elements: [JSONPattern.Element] = []
        while true {
            skipSpace()
            if scanner.take("]") { return elements }
            elements.append(scanner.take("...") ? .gap : .value(try pattern()))
            guard tryTake(",") == nil else { continue }
            guard tryTake("]") != nil else { throw scanner.fault("expected `,` or `]`, found \(found)") }
            return elements
        }
    }

    /// What stands at the cursor, for messages.
    private var found: String {
        var ahead = self
        ahead.skipSpace()
        let text = ahead.scanner.takeWhile { !$0.properties.isWhitespace }
        return text.isEmpty ? "the end" : "`\(String(text.prefix(20)))`"
    }

    private mutating func expression(_ start: Int, _ line: Int) throws(SyntaxFault) -> JSONPattern {
        guard scanner.take("${") else {
            throw scanner.fault("a `$` outside quotes", hint: "Write ${name} or ${name = PATTERN}")
        }
        scanner.skipSpaces()
        if scanner.current == "/" {
            let regex = try scanner.regex()
            try scanner.closeExpression()
            return node(start, line, .regex(regex))
        }
        let name = try scanner.name()
        guard tryTake("=") != nil else {
            if tryTake("}") == nil { try scanner.closeExpression() }
            return node(start, line, .variable(name))
        }
        try scanner.checkCaptureName(name)
        let inner = try pattern()
        if tryTake("}") == nil { try scanner.closeExpression() }
        return node(start, line, .capture(name, inner))
    }

    private mutating func comparison(_ start: Int, _ line: Int) throws(SyntaxFault) -> JSONPattern {
        let text = scanner.takeWhile { "<>=!".unicodeScalars.contains($0) }
        guard let comparison = Comparison(rawValue: text) else {
            throw scanner.fault("`\(text)` is not a comparison", hint: "Known: == != < <= > >=")
        }
        skipSpace()
        if comparison == .notEqual || comparison == .equal {
            let inner = try unary()
            return comparison == .equal ? inner : node(start, line, .not(inner))
        }
        if scanner.take("${") {
            scanner.skipSpaces()
            let name = try scanner.name()
            try scanner.closeExpression()
            return node(start, line, .compare(comparison, .variable(name)))
        }
        guard let scalar = scanner.current, scalar == "-" || ("0"..."9").contains(scalar) else {
            throw scanner.fault("expected a number or ${name} after `\(text)`, found \(found)")
        }
        return node(start, line, .compare(comparison, .number(try number())))
    }

    private mutating func number() throws(SyntaxFault) -> String {
        let text = scanner.takeWhile { PatternScanner.isNameScalar($0) || $0 == "." || $0 == "+" }
        do {
            guard case .number(let number) = try JSONValue.parse(text) else {
                throw scanner.fault("`\(text)` is not a number")
            }
            return number.text
        } catch {
            throw scanner.fault("`\(text)` is not a number", hint: "A string stands in quotes")
        }
    }

    private mutating func word(_ start: Int, _ line: Int) throws(SyntaxFault) -> JSONPattern {
        let word = scanner.takeWhile { $0.properties.isAlphabetic || $0 == "_" || $0 == "-" }
        if let kind = JSONPattern.Kind(rawValue: word) { return try self.kind(kind, start, line) }
        switch word {
        case "any": return node(start, line, .any)
        case "absent": return node(start, line, .absent)
        case "null": return node(start, line, .literal(.null))
        case "true": return node(start, line, .literal(.bool(true)))
        case "false": return node(start, line, .literal(.bool(false)))
        case "not":
            let inner = try unary()
            return node(start, line, .not(inner))
        case "each":
            let inner = try pattern()
            return node(start, line, .each(inner))
        case "length": return node(start, line, .length(try count()))
        case "exactly":
            skipSpace()
            guard scanner.current == "{" else { throw scanner.fault("expected `{` after `exactly`, found \(found)") }
            return node(start, line, .object(try members(), exactly: true))
        case "unordered":
            skipSpace()
            guard scanner.current == "[" else { throw scanner.fault("expected `[` after `unordered`, found \(found)") }
            return node(start, line, .array(try elements(), unordered: true))
        case "": throw scanner.fault("expected a value, found \(found)")
        default:
            throw scanner.fault(
                "`\(word)` is not a pattern", hint: Suggestion.hint(for: word, in: Self.words, called: "words"))
        }
    }

    /// `integer > 0` is short for `integer & > 0`.
    private mutating func kind(_ kind: JSONPattern.Kind, _ start: Int, _ line: Int) throws(SyntaxFault) -> JSONPattern {
        let simple = node(start, line, .kind(kind))
        var ahead = self
        ahead.skipSpace()
        guard let scalar = ahead.scanner.current, scalar == "<" || scalar == ">" else { return simple }
        self = ahead
        let comparison = try self.comparison(scanner.position, scanner.line)
        return node(start, line, .all([simple, comparison]))
    }

    private mutating func count() throws(SyntaxFault) -> CountPattern {
        skipSpace()
        let text = scanner.takeWhile { "<>=!".unicodeScalars.contains($0) }
        guard let comparison = text.isEmpty ? .equal : Comparison(rawValue: text) else {
            throw scanner.fault("`\(text)` is not a comparison", hint: "Known: == != < <= > >=")
        }
        skipSpace()
        guard let count = Int(scanner.takeWhile { ("0"..."9").contains($0) }) else {
            throw scanner.fault("expected a whole number after `length`, found \(found)")
        }
        return CountPattern(comparison: comparison, count: count)
    }
}
