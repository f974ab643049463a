/// One way in which something was not as expected.
public struct Mismatch: Sendable, Hashable, CustomStringConvertible {
    /// The line of the scenario file that says what was expected.
    public let line: Int
    /// Where it was found: `stdout line 2`, `State.Status`, `header Content-Type`, `status`.
    public let location: String
    /// What was expected, from the pattern's source.
    public let expected: String
    /// What came: a bounded excerpt with control characters escaped.
    public let got: String

    /// A mismatch by its parts.
    public init(line: Int, location: String, expected: String, got: String) {
        self.line = line
        self.location = location
        self.expected = expected
        self.got = got
    }

    /// `State.Status: expected "running", got "stopped"`.
    public var description: String { "\(location): expected \(expected), got \(got)" }
}

/// What came of a match.
public struct MatchResult: Sendable, Hashable {
    /// Everything that was wrong; empty where all matched.
    public var mismatches: [Mismatch]
    /// Values captured by the parts that matched, by name.
    public var captures: [String: String]

    /// A result by its parts.
    public init(mismatches: [Mismatch] = [], captures: [String: String] = [:]) {
        self.mismatches = mismatches
        self.captures = captures
    }

    /// Whether nothing was wrong.
    public var isMatch: Bool { mismatches.isEmpty }

    /// Both results as one.
    mutating func merge(_ other: MatchResult) {
        mismatches += other.mismatches
        captures.merge(other.captures) { $1 }
    }
}

/// Where a match of something that is still coming stands.
public enum MatchProgress: Sendable, Hashable {
    /// More must come before it can be told.
    case incomplete
    /// All has come as expected; these values were captured.
    case matched([String: String])
    /// It cannot match any more.
    case failed([Mismatch])
}
