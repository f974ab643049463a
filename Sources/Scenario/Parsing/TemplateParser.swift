import RawJSON

extension Template {
    /// Reads text that is sent: `${name}` is a variable, `$$` a dollar sign.
    init(parsing text: some StringProtocol, line: Int) throws(SyntaxFault) {
        var scanner = PatternScanner(text, line: line)
        var pieces = TemplatePieces()
        while let scalar = scanner.current {
            if let name = try scanner.reference() {
                pieces.add(variable: name)
            } else if scanner.take("$$") {
                pieces.add("$")
            } else {
                pieces.add(scalar)
                scanner.advance()
            }
        }
        self.init(source: String(text), line: line, pieces: pieces.pieces)
    }

    /// Reads `"…"` with escapes and variables, the cursor standing on the first quote.
    init(quoted scanner: inout PatternScanner) throws(SyntaxFault) {
        let start = scanner.position
        let line = scanner.line
        scanner.advance()
        var pieces = TemplatePieces()
        while let scalar = scanner.current, scalar != "\n" {
            if scanner.take("\"") {
                self.init(source: scanner.slice(from: start), line: line, pieces: pieces.pieces)
                return
            }
            if let name = try scanner.reference() {
                pieces.add(variable: name)
            } else if scanner.take("$$") {
                pieces.add("$")
            } else if scalar == "\\" {
                for escaped in try scanner.escape() { pieces.add(escaped) }
            } else {
                pieces.add(scalar)
                scanner.advance()
            }
        }
        throw SyntaxFault("a string without its closing quote", line: line)
    }
}

/// Collects the pieces of a template, joining neighbouring text.
struct TemplatePieces {
    private(set) var pieces: [Template.Piece] = []

    mutating func add(_ scalar: Unicode.Scalar) {
        if case .text(let before) = pieces.last {
            pieces[pieces.count - 1] = .text(PatternScanner.string(Array(before.unicodeScalars) + [scalar]))
        } else {
            pieces.append(.text(String(scalar)))
        }
    }

    mutating func add(variable name: String) { pieces.append(.variable(name)) }
}

extension PatternScanner {
    /// `${name}` in text that is sent; `nil` where no expression begins here.
    mutating func reference() throws(SyntaxFault) -> String? {
        guard starts(with: "${") else { return nil }
        advance(2)
        skipSpaces()
        guard current != "/" else {
            throw fault("a regex in text that is sent", hint: "Patterns stand in expected output only")
        }
        let name = try name()
        skipSpaces()
        guard current != "=" else {
            throw fault("`${\(name) = …}` in text that is sent", hint: "Captures stand in expected output only")
        }
        try closeExpression()
        return name
    }
}

extension JSONTemplate {
    /// Reads a JSON body with variables, and checks that it is JSON unless `malformed` bodies are wanted.
    init(parsing text: String, line: Int, malformed: Bool) throws(SyntaxFault) {
        var scanner = PatternScanner(text, line: line)
        var pieces: [Piece] = []
        var probe = String.UnicodeScalarView()
        var current = TemplatePieces()
        var quoted = false
        func end() {
            guard !current.pieces.isEmpty else { return }
            pieces.append(Piece(template: Template(source: text, line: line, pieces: current.pieces), quoted: quoted))
            current = TemplatePieces()
        }
        while let scalar = scanner.current {
            if let name = try scanner.reference() {
                current.add(variable: name)
                probe.append("0")
                continue
            }
            if scanner.take("$$") {
                current.add("$")
                probe.append("$")
                continue
            }
            if scalar == "\\" && quoted {
                current.add(scalar)
                probe.append(scalar)
                scanner.advance()
                guard let next = scanner.current else { break }
                current.add(next)
                probe.append(next)
                scanner.advance()
                continue
            }
            if scalar == "\"" {
                end()
                quoted.toggle()
            }
            current.add(scalar)
            probe.append(scalar)
            scanner.advance()
        }
        end()
        self.init(source: text, line: line, pieces: pieces)
        if !malformed { try Self.check(String(probe), line: line) }
    }

    private static func check(_ probe: String, line: Int) throws(SyntaxFault) {
        do {
            _ = try JSONValue.parse(probe)
        } catch {
            throw SyntaxFault(
                "the request body is not JSON: \(error.reason)",
                hint: "Mend it, or write ```http malformed where it is meant", line: line + error.line - 1)
        }
    }
}
