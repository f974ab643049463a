/// Splits a command line as a POSIX shell does; pipes, lists and anything else that needs a shell are refused.
struct CommandLineParser {
    /// What a command line says besides its words.
    struct Result {
        var words: [CommandLine.Word] = []
        var background: String?
        var standardInput: String?
        var standardOutput: String?
    }

    /// How deep `$(…)` may nest.
    private static let maximumDepth = 8

    private var scanner: PatternScanner
    private let depth: Int
    private var result = Result()
    private var parts: [CommandLine.Part]?

    init(_ text: String, line: Int) {
        self.init(scanner: PatternScanner(text, line: line), depth: 0)
    }

    private init(scanner: PatternScanner, depth: Int) {
        self.scanner = scanner
        self.depth = depth
    }

    /// Reads the whole line.
    mutating func parse() throws(SyntaxFault) -> Result {
        try words(until: nil)
        return result
    }

    private mutating func words(until terminator: Unicode.Scalar?) throws(SyntaxFault) {
        while let scalar = scanner.current, scalar != terminator { try step(scalar) }
        endWord()
    }

    private mutating func step(_ scalar: Unicode.Scalar) throws(SyntaxFault) {
        switch scalar {
        case " ", "\t", "\n":
            scanner.advance()
            endWord()
        case "'": try singleQuoted()
        case "\"": try doubleQuoted()
        case "\\":
            scanner.advance()
            guard let next = scanner.current else { throw scanner.fault("a backslash at the end of the command") }
            scanner.advance()
            if next != "\n" { add(next) }
        case "$": try dollar(quoted: false)
        case "<", ">": try redirection(scalar)
        case "&": try job()
        case "|", ";", "(", ")", "`":
            throw scanner.fault(
                "`\(scalar)` outside quotes: commands run without a shell",
                hint: "Quote it, write two commands, or use `docker exec C sh -c '…'`")
        case "#" where parts == nil:
            throw scanner.fault("`#` begins a comment in a shell", hint: "Quote it, or move the comment into the prose")
        default:
            add(scalar)
            scanner.advance()
        }
    }

    private mutating func add(_ scalar: Unicode.Scalar) {
        var parts = self.parts ?? []
        if case .text(let before) = parts.last {
            parts[parts.count - 1] = .text(PatternScanner.string(Array(before.unicodeScalars) + [scalar]))
        } else {
            parts.append(.text(String(scalar)))
        }
        self.parts = parts
    }

    private mutating func add(_ part: CommandLine.Part) { parts = (parts ?? []) + [part] }

    private mutating func endWord() {
        if let parts { result.words.append(.init(parts: parts)) }
        parts = nil
    }

    /// Variables stand for their values inside single quotes too; everything else is as it is written.
    private mutating func singleQuoted() throws(SyntaxFault) {
        parts = parts ?? []
        scanner.advance()
        while let scalar = scanner.current {
            if scanner.take("'") { return }
            if let name = try scanner.reference() {
                add(.variable(name))
            } else {
                if !scanner.take("$$") { scanner.advance() }
                add(scalar)
            }
        }
        throw scanner.fault("a single quote that is not closed")
    }

    private mutating func doubleQuoted() throws(SyntaxFault) {
        parts = parts ?? []
        scanner.advance()
        while let scalar = scanner.current {
            if scanner.take("\"") { return }
            if scalar == "$" {
                try dollar(quoted: true)
            } else if scalar == "\\" {
                scanner.advance()
                guard let next = scanner.current else { break }
                // POSIX 2.2.3: inside double quotes a backslash is special before these only.
                if next != "\n" {
                    if !"$`\"\\".unicodeScalars.contains(next) { add(scalar) }
                    add(next)
                }
                scanner.advance()
            } else if scalar == "`" {
                throw scanner.fault("a backquote inside double quotes", hint: "Write $(docker …)")
            } else {
                add(scalar)
                scanner.advance()
            }
        }
        throw scanner.fault("a double quote that is not closed")
    }

    private mutating func dollar(quoted: Bool) throws(SyntaxFault) {
        if let name = try scanner.reference() { return add(.variable(name)) }
        if scanner.take("$$") { return add("$") }
        if scanner.take("$(") { return try substitution(quoted: quoted) }
        scanner.advance()
        if let next = scanner.current, next.properties.isAlphabetic || "_?@*#!0123456789-".unicodeScalars.contains(next)
        {
            let name = scanner.takeWhile { PatternScanner.isNameScalar($0) && $0 != "-" }
            throw scanner.fault(
                "`$\(name.isEmpty ? String(next) : name)`: there is no shell to expand it",
                hint: "Write ${name} for a capture, or put it in single quotes")
        }
        add("$")
    }

    private mutating func substitution(quoted: Bool) throws(SyntaxFault) {
        let start = scanner.position
        let line = scanner.line
        guard depth < Self.maximumDepth else { throw scanner.fault("`$(…)` nested deeper than \(Self.maximumDepth)") }
        var inner = CommandLineParser(scanner: scanner, depth: depth + 1)
        try inner.words(until: ")")
        scanner = inner.scanner
        let source = scanner.slice(from: start)
        guard scanner.take(")") else { throw SyntaxFault("`$(` is not closed", line: line) }
        guard inner.result.background == nil, inner.result.standardInput == nil, inner.result.standardOutput == nil
        else { throw SyntaxFault("a redirection or job inside `$(…)`", line: line) }
        let command = CommandLine(source: source, line: line, words: inner.result.words)
        guard command.startsWithDocker else {
            throw SyntaxFault(
                "`$(\(source))` is not a docker command", hint: "Only $(docker …) can be substituted", line: line)
        }
        add(.substitution(command, quoted: quoted))
    }

    private mutating func redirection(_ scalar: Unicode.Scalar) throws(SyntaxFault) {
        if let parts, parts.count == 1, case .text(let text) = parts[0], text.allSatisfy(\.isNumber) {
            throw scanner.fault(
                "`\(text)\(scalar)`: file descriptors cannot be redirected",
                hint: "Expected lines are stdout, lines that begin with `! ` are stderr")
        }
        endWord()
        scanner.advance()
        scanner.skipSpaces()
        let name = scanner.takeWhile { PatternScanner.isNameScalar($0) || $0 == "." }
        guard isFileName(name) else {
            throw scanner.fault("`\(scalar)` needs the plain name of a file", hint: "Write `\(scalar) NAME`")
        }
        if scalar == "<" {
            guard result.standardInput == nil else { throw scanner.fault("two `<` in one command") }
            result.standardInput = name
        } else {
            guard result.standardOutput == nil else { throw scanner.fault("two `>` in one command") }
            result.standardOutput = name
        }
    }

    private mutating func job() throws(SyntaxFault) {
        guard parts == nil else {
            throw scanner.fault("`&` inside a word", hint: "Quote it, or write ` &name` at the end")
        }
        scanner.advance()
        let name = scanner.takeWhile(PatternScanner.isNameScalar)
        scanner.skipSpaces()
        guard !name.isEmpty, scanner.isAtEnd else {
            throw scanner.fault(
                "`&` needs the name of a job at the end of the line",
                hint: "Write for example `docker logs -f ${c} &follow`")
        }
        result.background = name
    }
}

extension CommandLine {
    var startsWithDocker: Bool {
        if let first = words.first, first.parts == [.text("docker")] { true } else { false }
    }
}

/// Whether a text is a plain file name: letters, digits, `.`, `_`, `-`, and not `.` or `..`.
func isFileName(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".."
        && name.unicodeScalars.allSatisfy { PatternScanner.isNameScalar($0) || $0 == "." }
}
