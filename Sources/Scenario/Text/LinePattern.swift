/// What one line of output, a header value or a JSON string must look like.
public struct LinePattern: Sendable, Hashable {
    /// A stretch of a line.
    public enum Piece: Sendable, Hashable {
        /// This text.
        case text(String)
        /// The value of a variable.
        case variable(String)
        /// What the expression matches, kept under that name.
        case capture(String, RegexPattern)
        /// What the expression matches.
        case regex(RegexPattern)
        /// Any text, written `...`.
        case anyText
    }

    /// As written.
    public let source: String
    /// The line of the scenario file.
    public let line: Int
    /// The stretches, in order.
    public let pieces: [Piece]
    /// Whether `\c` was written: no newline follows.
    public let endsWithoutNewline: Bool

    init(source: String, line: Int, pieces: [Piece], endsWithoutNewline: Bool = false) {
        self.source = source
        self.line = line
        self.pieces = pieces
        self.endsWithoutNewline = endsWithoutNewline
    }

    var events: [VariableEvent] {
        let uses = pieces.compactMap { piece -> VariableEvent? in
            if case .variable(let name) = piece { .use(name, line: line) } else { nil }
        }
        let captures = pieces.compactMap { piece -> VariableEvent? in
            if case .capture(let name, _) = piece { .capture(name, line: line) } else { nil }
        }
        return uses + captures
    }
}

/// What several lines of output must look like.
public struct TextPattern: Sendable, Hashable {
    /// A line or a gap.
    public enum Item: Sendable, Hashable {
        /// A line that must be there.
        case line(LinePattern)
        /// `...` alone: any number of lines, also none.
        case gap(line: Int)
    }

    /// The lines and gaps, in order; empty means that nothing may be written.
    public let items: [Item]

    init(items: [Item]) {
        self.items = items
    }

    /// The lines that must be there.
    public var lines: [LinePattern] {
        items.compactMap { if case .line(let line) = $0 { line } else { nil } }
    }

    /// Whether this asserts nothing: a single gap.
    public var acceptsAnything: Bool { lines.isEmpty && !items.isEmpty }

    var events: [VariableEvent] { lines.flatMap(\.events) }
}
