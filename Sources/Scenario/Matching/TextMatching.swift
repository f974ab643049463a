/// A line of output with its bytes.
struct OutputLine: Hashable {
    /// All bytes, with the newline where there is one.
    let bytes: ArraySlice<UInt8>

    var hasNewline: Bool { bytes.last == 0x0A }
    /// Without the newline; bytes that are not UTF-8 become U+FFFD.
    var text: String { String(decoding: hasNewline ? bytes.dropLast() : bytes, as: UTF8.self) }
    /// As a message shows it: a missing newline is not shown, it has a message of its own.
    var shown: ArraySlice<UInt8> { hasNewline ? bytes.dropLast() : bytes }

    static func split(_ bytes: [UInt8]) -> [OutputLine] {
        var lines: [OutputLine] = []
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == 0x0A {
            lines.append(OutputLine(bytes: bytes[start...index]))
            start = index + 1
        }
        if start < bytes.count { lines.append(OutputLine(bytes: bytes[start...])) }
        return lines
    }
}

extension LinePattern {
    func match(_ line: OutputLine, variables: Variables) -> [String: String]? {
        guard line.hasNewline != endsWithoutNewline else { return nil }
        return match(line.text, variables: variables)
    }
}

/// Walks over lines that must come one after the other; a gap takes lines until one matches what follows it.
struct LineSequenceState {
    private let items: [TextPattern.Item]
    private let variables: Variables
    private var position = 0
    private(set) var captures: [String: String] = [:]

    init(items: [TextPattern.Item], variables: Variables) {
        self.items = items
        self.variables = variables
    }

    /// Whether all lines have come; a gap at the end takes nothing.
    var isComplete: Bool {
        items[position...].allSatisfy { if case .gap = $0 { true } else { false } }
    }

    private var next: (line: LinePattern, afterGap: Bool)? {
        var afterGap = false
        for item in items[position...] {
            switch item {
            case .gap: afterGap = true
            case .line(let line): return (line, afterGap)
            }
        }
        return nil
    }

    func acceptsUnfinished(_ line: OutputLine) -> Bool {
        guard let next, next.line.endsWithoutNewline else { return false }
        return next.line.match(line, variables: variables.adding(captures)) != nil
    }

    mutating func take(_ line: OutputLine) -> Bool {
        guard let next else { return false }
        guard let found = next.line.match(line, variables: variables.adding(captures)) else { return next.afterGap }
        captures.merge(found) { $1 }
        position = 1 + (items[position...].firstIndex { if case .line = $0 { true } else { false } } ?? position)
        return true
    }

    func mismatch(got: String, location: String) -> Mismatch {
        Mismatch(line: next?.line.line ?? 0, location: location, expected: next?.line.source ?? "nothing", got: got)
    }
}

extension TextPattern {
    /// Matches a whole output.
    ///
    /// - Parameters:
    ///   - unordered: the lines may come in any order.
    ///   - location: how mismatches name the stream: `stdout`.
    public func match(
        _ bytes: [UInt8], variables: Variables, unordered: Bool = false, location: String
    ) -> MatchResult {
        let lines = OutputLine.split(bytes)
        return unordered
            ? matchUnordered(lines: lines, variables: variables, location: location)
            : match(lines: lines, variables: variables, location: location)
    }
}
