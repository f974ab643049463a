import RawJSON

/// Matches JSON values that are still coming, as `TextMatcher` does lines.
public struct JSONStreamMatcher: Sendable {
    /// How the values must come.
    public enum Mode: Sendable, Hashable {
        /// These values and nothing else; decided by `finish`.
        case complete
        /// These values next; decided as soon as the last one has come.
        case next
    }

    /// Where the match stands.
    public private(set) var progress: MatchProgress = .incomplete
    /// The values that came after what matched.
    public private(set) var rest: [JSONValue] = []

    private let pattern: JSONStreamPattern
    private let variables: Variables
    private let mode: Mode
    private var position = 0
    private var seen = 0
    private var captures: [String: String] = [:]

    /// A matcher that has seen nothing yet.
    public init(_ pattern: JSONStreamPattern, variables: Variables, mode: Mode) {
        self.pattern = pattern
        self.variables = variables
        self.mode = mode
        if mode == .next { settleIfDone() }
    }

    /// Takes the next value of the stream.
    public mutating func append(_ value: JSONValue) {
        guard case .incomplete = progress, mode == .next else {
            rest.append(value)
            return
        }
        guard let next else { return }
        seen += 1
        let result = next.pattern.match(value, variables: variables.adding(captures))
        if result.isMatch {
            captures.merge(result.captures) { $1 }
            position = next.index + 1
            settleIfDone()
        } else if !next.afterGap {
            progress = .failed(Self.placed(result.mismatches, seen))
        }
    }

    /// Tells that the stream has ended; `progress` is not `incomplete` afterwards.
    public mutating func finish() {
        guard case .incomplete = progress else { return }
        guard mode == .complete else {
            let expected = next.map { Excerpt.bounded($0.pattern.source) } ?? "nothing"
            progress = .failed([
                Mismatch(
                    line: next?.pattern.line ?? 0, location: "body", expected: expected,
                    got: "the end of the stream after \(seen) \(seen == 1 ? "value" : "values")")
            ])
            return
        }
        finishComplete()
    }

    /// What `finish` would report if nothing more came, for a deadline that has passed; the state stays.
    public var mismatchesNow: [Mismatch] {
        var copy = self
        copy.finish()
        if case .failed(let mismatches) = copy.progress { return mismatches }
        return []
    }

    private var next: (pattern: JSONPattern, index: Int, afterGap: Bool)? {
        var afterGap = false
        for index in pattern.items.indices.dropFirst(position) {
            switch pattern.items[index] {
            case .gap: afterGap = true
            case .value(let pattern): return (pattern, index, afterGap)
            }
        }
        return nil
    }

    private mutating func settleIfDone() {
        if next == nil { progress = .matched(captures) }
    }

    private static func placed(_ mismatches: [Mismatch], _ number: Int) -> [Mismatch] {
        mismatches.map {
            let place = $0.location == "body" ? "value \(number)" : "value \(number): \($0.location)"
            return Mismatch(line: $0.line, location: place, expected: $0.expected, got: $0.got)
        }
    }

    private mutating func finishComplete() {
        let items = pattern.items.map { item -> SequenceMatching.Item<JSONPattern> in
            if case .value(let pattern) = item { .pattern(pattern) } else { .gap }
        }
        var captures: [String: String] = [:]
        do {
            _ = try SequenceMatching.match(items, elementCount: rest.count) { pattern, index in
                let result = pattern.match(rest[index], variables: variables.adding(captures))
                captures.merge(result.captures) { $1 }
                return result.isMatch
            }
            rest = []
            progress = .matched(captures)
        } catch {
            progress = .failed(mismatches(error, items, captures))
        }
    }

    private func mismatches(
        _ failure: SequenceMatching.Failure, _ items: [SequenceMatching.Item<JSONPattern>], _ captures: [String: String]
    ) -> [Mismatch] {
        switch failure {
        case .leftOver(let index):
            return [
                Mismatch(
                    line: pattern.line, location: "value \(index + 1)", expected: "no further value",
                    got: Excerpt.bounded(rest[index].text()))
            ]
        case .pattern(let item, let index):
            guard case .pattern(let pattern) = items[item] else { return [] }
            if let index {
                let result = pattern.match(rest[index], variables: variables.adding(captures))
                return Self.placed(result.mismatches, index + 1)
            }
            let last = rest.last.map { "; the last of \(rest.count) is \(Excerpt.bounded($0.text()))" } ?? ""
            return [
                Mismatch(
                    line: pattern.line, location: "body", expected: Excerpt.bounded(pattern.source),
                    got: "no such value\(last)")
            ]
        }
    }
}
