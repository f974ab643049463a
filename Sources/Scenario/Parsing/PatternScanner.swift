/// A cursor over a piece of a scenario, scalar by scalar, that knows its line.
struct PatternScanner {
    let scalars: [Unicode.Scalar]
    private(set) var position = 0
    private(set) var line: Int

    init(_ text: some StringProtocol, line: Int) {
        scalars = Array(text.unicodeScalars)
        self.line = line
    }

    var isAtEnd: Bool { position >= scalars.count }
    var current: Unicode.Scalar? { isAtEnd ? nil : scalars[position] }

    func starts(with text: StaticString) -> Bool {
        let wanted = text.description.unicodeScalars
        return scalars.count - position >= wanted.count && scalars[position...].starts(with: wanted)
    }

    func slice(from start: Int) -> String { Self.string(scalars[start..<position]) }

    mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where !isAtEnd {
            if scalars[position] == "\n" { line += 1 }
            position += 1
        }
    }

    mutating func take(_ text: StaticString) -> Bool {
        guard starts(with: text) else { return false }
        advance(text.description.unicodeScalars.count)
        return true
    }

    mutating func takeWhile(_ condition: (Unicode.Scalar) -> Bool) -> String {
        let start = position
        while let scalar = current, condition(scalar) { advance() }
        return slice(from: start)
    }

    mutating func skipSpaces() {
        _ = takeWhile { $0 == " " || $0 == "\t" }
    }

    func fault(_ message: String, hint: String? = nil) -> SyntaxFault { SyntaxFault(message, hint: hint, line: line) }

    static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars)
        return String(result)
    }
}

/// What stands between `${` and `}` in expected text.
enum PatternExpression {
    case variable(String)
    case capture(String, RegexPattern)
    case regex(RegexPattern)
    case literal(String)
}

extension PatternScanner {
    static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "-")
    }

    /// Built-ins hold dots and image names: `${image.nginx:stable-perl.id}`.
    static func isReferenceScalar(_ scalar: Unicode.Scalar) -> Bool {
        isNameScalar(scalar) || scalar == "." || scalar == ":" || scalar == "/"
    }

    /// A name after `${`, checked; the cursor stands behind it.
    mutating func name() throws(SyntaxFault) -> String {
        let name = takeWhile(Self.isReferenceScalar)
        guard let first = name.unicodeScalars.first, first.properties.isAlphabetic || first == "_" else {
            throw fault(
                "`${` without a name", hint: "Write ${name}, ${name = /regex/}, ${/regex/}, or $$ for a dollar sign")
        }
        return name
    }

    /// `}` behind an expression.
    mutating func closeExpression() throws(SyntaxFault) {
        skipSpaces()
        guard take("}") else {
            throw fault("`${…` is not closed", hint: "Write `}` at its end, or $$ for a dollar sign")
        }
    }

    /// `/…/` or `/…/i`, the cursor standing on the first slash.
    mutating func regex() throws(SyntaxFault) -> RegexPattern {
        let start = line
        advance()
        let begin = position
        var inClass = false
        while let scalar = current, scalar != "\n", inClass || scalar != "/" {
            if scalar == "\\" { advance() }
            if scalar == "[" { inClass = true }
            if scalar == "]" { inClass = false }
            advance()
        }
        let source = slice(from: begin)
        guard take("/") else { throw SyntaxFault("the regex /\(source) has no closing slash", line: start) }
        let ignoresCase = take("i")
        do {
            return try RegexPattern(source, ignoresCase: ignoresCase)
        } catch {
            throw SyntaxFault("the regex /\(source)/ is not valid: \(Self.reason(error))", line: start)
        }
    }

    private static func reason(_ error: any Error) -> String {
        let text = String(describing: error)
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    /// `"…"` with JSON's escapes and nothing else, the cursor standing on the first quote.
    mutating func plainString() throws(SyntaxFault) -> String {
        let start = line
        advance()
        var result = String.UnicodeScalarView()
        while let scalar = current, scalar != "\n" {
            if scalar == "\"" {
                advance()
                return String(result)
            }
            if scalar == "\\" {
                result.append(contentsOf: try escape())
            } else {
                result.append(scalar)
                advance()
            }
        }
        throw SyntaxFault("a string without its closing quote", line: start)
    }

    /// An escape of a JSON string, and `\xNN`, the cursor standing on the backslash.
    mutating func escape() throws(SyntaxFault) -> [Unicode.Scalar] {
        advance()
        guard let scalar = current else { throw fault("a backslash at the end of the text") }
        advance()
        switch scalar {
        case "\"", "\\", "/": return [scalar]
        case "b": return ["\u{8}"]
        case "f": return ["\u{C}"]
        case "n": return ["\n"]
        case "r": return ["\r"]
        case "t": return ["\t"]
        case "0": return ["\0"]
        case "x": return [try hexadecimal(digits: 2)]
        case "u": return [try hexadecimal(digits: 4)]
        default:
            throw fault(
                "unknown escape `\\\(scalar)`", hint: "Known: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\0 \\xNN \\uNNNN")
        }
    }

    private mutating func hexadecimal(digits: Int) throws(SyntaxFault) -> Unicode.Scalar {
        let text = Self.string(scalars[position...].prefix(digits))
        guard text.unicodeScalars.count == digits, text.allSatisfy(\.isHexDigit), let code = UInt32(text, radix: 16),
            let scalar = Unicode.Scalar(code)
        else { throw fault("expected \(digits) hexadecimal digits after \\\(digits == 2 ? "x" : "u")") }
        advance(digits)
        return scalar
    }

    /// `${…}` in expected text, the cursor standing on the dollar sign.
    mutating func expression() throws(SyntaxFault) -> PatternExpression {
        advance(2)
        skipSpaces()
        switch current {
        case "/":
            let regex = try regex()
            try closeExpression()
            return .regex(regex)
        case "\"":
            let literal = try plainString()
            try closeExpression()
            return .literal(literal)
        default: break
        }
        let name = try name()
        skipSpaces()
        guard take("=") else {
            try closeExpression()
            return .variable(name)
        }
        try checkCaptureName(name)
        skipSpaces()
        let regex = current == "/" ? try regex() : try namedExpression(for: name)
        try closeExpression()
        return .capture(name, regex)
    }

    func checkCaptureName(_ name: String) throws(SyntaxFault) {
        guard name.unicodeScalars.allSatisfy(Self.isNameScalar) else {
            throw fault("`\(name)` cannot be captured", hint: "A capture's name has letters, digits, `_` and `-` only")
        }
    }

    private mutating func namedExpression(for name: String) throws(SyntaxFault) -> RegexPattern {
        let word = takeWhile { $0 != "}" && $0 != " " && $0 != "\n" }
        guard let source = Self.namedExpressions.first(where: { $0.name == word })?.source else {
            throw fault(
                "`${\(name) = \(word)}` is not a pattern for text",
                hint: "Write /regex/ or one of: \(Self.namedExpressions.map(\.name).joined(separator: ", "))")
        }
        do { return try RegexPattern(source) } catch { throw fault("the built-in expression `\(word)` is not valid") }
    }

    private static let namedExpressions: [(name: String, source: String)] = [
        ("any", ".*"), ("integer", "-?[0-9]+"),
        ("timestamp", #"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"#),
    ]
}
