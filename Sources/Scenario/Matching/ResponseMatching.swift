import RawJSON

extension ResponsePattern {
    /// Matches the head of a response.
    public func match(
        status: Int, headers: [(name: String, value: String)], variables: Variables
    ) -> MatchResult {
        MatchResult()
    }
}

extension BodyPattern {
    /// Matches a whole body.
    ///
    /// - Parameters:
    ///   - readTar: reads an archive's entries; called for a `tar` pattern only.
    public func match(
        _ body: [UInt8], variables: Variables, readTar: ([UInt8]) throws -> [TarEntrySummary]
    ) -> MatchResult {
        MatchResult()
    }
}

extension JSONPattern {
    /// Matches a value and collects every mismatch with its path, `$` being the value itself.
    public func match(_ value: JSONValue, variables: Variables) -> MatchResult { MatchResult() }
}

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

    /// A matcher that has seen nothing yet.
    public init(_ pattern: JSONStreamPattern, variables: Variables, mode: Mode) {}

    /// Takes the next value of the stream.
    public mutating func append(_ value: JSONValue) { rest.append(value) }
    /// Tells that the stream has ended; `progress` is not `incomplete` afterwards.
    public mutating func finish() {}
}
