extension LinePattern {
    /// Reads an expected line: `${…}`, `$$`, `...`, and `\c` at its end.
    init(parsing text: some StringProtocol, line: Int) throws(SyntaxFault) {
        var source = String(text)
        let noNewline = source.hasSuffix("\\c")
        if noNewline { source.removeLast(2) }
        var scanner = PatternScanner(source, line: line)
        var pieces = LinePieces()
        while !scanner.isAtEnd { try pieces.takeNext(from: &scanner) }
        self.init(source: String(text), line: line, pieces: pieces.pieces, endsWithoutNewline: noNewline)
        try checkNames()
    }

    /// Reads `"…"` with JSON's escapes around `${…}`, the cursor standing on the first quote.
    init(quoted scanner: inout PatternScanner) throws(SyntaxFault) {
        let start = scanner.position
        let line = scanner.line
        scanner.advance()
        var pieces = LinePieces()
        while let scalar = scanner.current, scalar != "\n" {
            if scanner.take("\"") {
                self.init(source: scanner.slice(from: start), line: line, pieces: pieces.pieces)
                try checkNames()
                return
            }
            if scalar == "\\" {
                for escaped in try scanner.escape() { pieces.add(escaped) }
            } else {
                try pieces.takeNext(from: &scanner)
            }
        }
        throw SyntaxFault("a string without its closing quote", line: line)
    }

    /// Expressions of one line are joined into one, so a name can stand for one capture only.
    private func checkNames() throws(SyntaxFault) {
        var seen: Set<String> = []
        for case .capture(let name, _) in pieces where !seen.insert(name).inserted {
            throw SyntaxFault("${\(name)} is captured twice", line: line)
        }
        for case .variable(let name) in pieces where seen.contains(name) {
            throw SyntaxFault(
                "${\(name)} is used in the line that captures it", hint: "It can be used from the next line on",
                line: line)
        }
    }
}

/// Collects the pieces of a line pattern, joining neighbouring text.
private struct LinePieces {
    private(set) var pieces: [LinePattern.Piece] = []

    mutating func add(_ scalar: Unicode.Scalar) { add(String(scalar)) }

    mutating func add(_ text: String) {
        if case .text(let before) = pieces.last {
            pieces[pieces.count - 1] = .text(before + text)
        } else if !text.isEmpty {
            pieces.append(.text(text))
        }
    }

    mutating func takeNext(from scanner: inout PatternScanner) throws(SyntaxFault) {
        if scanner.starts(with: "${") {
            switch try scanner.expression() {
            case .variable(let name): pieces.append(.variable(name))
            case .capture(let name, let regex): pieces.append(.capture(name, regex))
            case .regex(let regex): pieces.append(.regex(regex))
            case .literal(let text): add(text)
            }
        } else if scanner.take("$$") {
            add("$")
        } else if scanner.take("...") {
            pieces.append(.anyText)
        } else if let scalar = scanner.current {
            add(scalar)
            scanner.advance()
        }
    }
}

extension TextPattern {
    /// Reads expected lines; `lines` are the text and its line number.
    init(parsing lines: [SourceLine]) throws(SyntaxFault) {
        var items: [Item] = []
        for line in lines {
            if line.text == "..." {
                items.append(.gap(line: line.number))
            } else {
                items.append(.line(try LinePattern(parsing: line.text, line: line.number)))
            }
        }
        self.init(items: items)
    }
}

/// A line of the file.
struct SourceLine: Hashable {
    let text: String
    let number: Int

    var trimmed: String { text.trimmingSpaces }
    var isBlank: Bool { trimmed.isEmpty }
}

extension StringProtocol {
    /// Without spaces, tabs and carriage returns at both ends.
    var trimmingSpaces: String {
        let isSpace: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        let start = unicodeScalars.drop(while: isSpace)
        return PatternScanner.string(start.reversed().drop(while: isSpace).reversed())
    }
}
