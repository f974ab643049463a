/// Matches output that is still coming against lines of a scenario.
///
/// Feed it what comes with `append`, tell it the end with `finish`; `progress` says where it stands. What came after
/// the part that matched is in `rest`, for the next matcher of the same stream.
public struct TextMatcher: Sendable {
    /// How the lines must come.
    public enum Mode: Sendable, Hashable {
        /// These lines and nothing else; decided by `finish`, failures are told as soon as they are certain.
        case complete
        /// These lines and nothing else, in any order.
        case unordered
        /// These lines next, one after the other; decided as soon as the last one has come.
        case next
        /// Each of these in order, other text before and between and on the same line (a terminal with prompts and
        /// echoes); carriage returns do not count.
        case amongOtherText
    }

    /// Where the match stands.
    public private(set) var progress: MatchProgress = .incomplete
    /// The bytes that came after what matched, once `progress` is `matched`; all bytes that came, before.
    public private(set) var rest: [UInt8] = []

    private let pattern: TextPattern
    private let variables: Variables
    private let mode: Mode
    private let location: String

    /// A matcher that has seen nothing yet.
    ///
    /// - Parameters:
    ///   - location: how mismatches name the stream: `stdout`.
    public init(_ pattern: TextPattern, variables: Variables, mode: Mode, location: String) {
        self.pattern = pattern
        self.variables = variables
        self.mode = mode
        self.location = location
        advance(ended: false)
    }

    /// Takes the next bytes of the stream.
    public mutating func append(_ bytes: some Sequence<UInt8>) {
        rest += bytes
        advance(ended: false)
    }

    /// Tells that the stream has ended; `progress` is not `incomplete` afterwards.
    public mutating func finish() {
        advance(ended: true)
    }

    /// What `finish` would report if nothing more came, for a deadline that has passed; the state stays.
    public var mismatchesNow: [Mismatch] {
        var copy = self
        copy.finish()
        if case .failed(let mismatches) = copy.progress { return mismatches }
        return []
    }

    private mutating func advance(ended: Bool) {
        guard case .incomplete = progress else { return }
        switch mode {
        case .complete, .unordered:
            if ended {
                let result = pattern.match(
                    rest, variables: variables, unordered: mode == .unordered, location: location)
                settle(result, consumed: rest.count)
            } else if mode == .complete {
                failEarly()
            }
        case .next: advanceNext(ended: ended)
        case .amongOtherText: advanceAmongOtherText(ended: ended)
        }
    }

    private mutating func settle(_ result: MatchResult, consumed: Int) {
        guard result.isMatch else {
            progress = .failed(result.mismatches)
            return
        }
        rest.removeFirst(consumed)
        progress = .matched(result.captures)
    }

    /// A wrong line before the first gap is certain as soon as it is complete.
    private mutating func failEarly() {
        let prefix = pattern.items.prefix { if case .line = $0 { true } else { false } }
        let lines = OutputLine.split(rest).filter(\.hasNewline)
        guard !lines.isEmpty, !prefix.isEmpty || pattern.items.isEmpty else { return }
        let count = prefix.count == pattern.items.count ? lines.count : min(lines.count, prefix.count)
        let seen = TextPattern(items: Array(prefix.prefix(count)))
        let result = seen.match(lines: Array(lines.prefix(count)), variables: variables, location: location)
        if !result.isMatch { progress = .failed(result.mismatches) }
    }

    private mutating func advanceNext(ended: Bool) {
        let lines = OutputLine.split(rest)
        var state = LineSequenceState(items: pattern.items, variables: variables)
        var consumed = 0
        for (number, line) in lines.enumerated() {
            if state.isComplete { break }
            // A last line without its newline may go on, so it only counts against a pattern that says `\c`.
            if !line.hasNewline, !ended, !state.acceptsUnfinished(line) { break }
            guard state.take(line) else {
                progress = .failed([
                    state.mismatch(got: Excerpt.quoted(bytes: line.shown), location: "\(location) line \(number + 1)")
                ])
                return
            }
            consumed += line.bytes.count
        }
        if state.isComplete {
            rest.removeFirst(consumed)
            progress = .matched(state.captures)
        } else if ended {
            progress = .failed([state.mismatch(got: "the end of the output", location: location)])
        }
    }

    private mutating func advanceAmongOtherText(ended: Bool) {
        var text = String(decoding: rest.filter { $0 != 0x0D }, as: UTF8.self)
        var captures: [String: String] = [:]
        for line in pattern.lines {
            guard let found = line.find(in: text, variables: variables.adding(captures), anchored: false) else {
                guard ended else { return }
                let got = text.isEmpty ? "the end of the output" : Excerpt.quoted(text)
                progress = .failed([
                    Mismatch(
                        line: line.line, location: location, expected: "\(line.source), among other text", got: got)
                ])
                return
            }
            captures.merge(found.captures) { $1 }
            text = String(text[found.end...])
        }
        rest = Array(text.utf8)
        progress = .matched(captures)
    }
}
