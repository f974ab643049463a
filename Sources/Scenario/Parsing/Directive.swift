/// A line in brackets: `[exit 1]`, `[within 10s]`.
struct Directive: Hashable {
    /// The words that may stand in brackets, in console and http blocks.
    enum Name: String, CaseIterable {
        case exit, unordered, within, timeout, eof, resize, running, tty, ended, open, closed
        case halfClose = "half-close"
    }

    let name: Name
    let argument: String
    let line: Int

    /// The directive on a line; `nil` where the line is something else, for example output that begins with a bracket.
    ///
    /// A word that is nearly a directive is an error: nobody expects `[exti 1]` as output.
    static func parse(_ line: SourceLine) throws(SyntaxFault) -> Directive? {
        let text = line.trimmed
        guard line.text.hasPrefix("["), text.hasSuffix("]") else { return nil }
        let inner = text.dropFirst().dropLast()
        let word = String(inner.prefix { $0 != " " })
        let argument = inner.dropFirst(word.count).trimmingSpaces
        if let name = Name(rawValue: word) { return Directive(name: name, argument: argument, line: line.number) }
        guard word.count > 3, word.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == 0x2D }),
            let near = Suggestion.nearest(to: word, in: Name.allCases.map(\.rawValue))
        else { return nil }
        throw SyntaxFault(
            "unknown directive [\(inner)]",
            hint: "Did you mean `[\(near)]`? Output that looks like this is written ${\"[\"}\(inner)]",
            line: line.number)
    }

    func fault(_ message: String, hint: String? = nil) -> SyntaxFault { SyntaxFault(message, hint: hint, line: line) }

    func withoutArgument() throws(SyntaxFault) {
        guard argument.isEmpty else { throw fault("[\(name.rawValue)] takes no argument, found `\(argument)`") }
    }

    /// `10s`, `500ms`, `2m`.
    func duration() throws(SyntaxFault) -> Duration {
        guard let duration = Duration(scenario: argument) else {
            throw fault(
                "[\(name.rawValue) \(argument)] is not a duration", hint: "Write for example [\(name.rawValue) 10s]")
        }
        return duration
    }

    func exit() throws(SyntaxFault) -> ExitPattern {
        if argument == "nonzero" { return .nonzero }
        let words = argument.split(separator: "|", omittingEmptySubsequences: false)
        let codes = words.compactMap { word in Int32(word.trimmingSpaces).flatMap { (0...255).contains($0) ? $0 : nil }
        }
        guard codes.count == words.count, !codes.isEmpty else {
            throw fault(
                "[exit \(argument)] is not an exit code", hint: "Write [exit 1], [exit 125|126] or [exit nonzero]")
        }
        return .oneOf(codes)
    }

    func size() throws(SyntaxFault) -> (rows: Int, columns: Int) {
        let parts = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let rows = parts[0], let columns = parts[1], (1...65535).contains(rows),
            (1...65535).contains(columns)
        else { throw fault("[resize \(argument)] is not a size", hint: "Write rows x columns: [resize 40x120]") }
        return (rows, columns)
    }
}

extension Duration {
    /// Reads `10s`, `1.5s`, `500ms`, `2m`; `nil` for anything else, zero, or more than an hour.
    init?(scenario text: String) {
        let units: [(suffix: String, seconds: Double)] = [("ms", 0.001), ("s", 1), ("m", 60)]
        guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
            let count = Double(text.dropLast(unit.suffix.count)), text.first.map({ $0.isNumber }) ?? false,
            count.isFinite, count > 0, count * unit.seconds <= 3600
        else { return nil }
        self = .milliseconds(Int((count * unit.seconds * 1000).rounded()))
    }
}
