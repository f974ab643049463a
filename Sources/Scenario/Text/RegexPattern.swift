/// A regular expression of a scenario, compiled when the file is read so that a bad one is an error with its line.
///
/// Swift's regex syntax (a superset of PCRE's common part), matched scalar by scalar: `\r\n` is two characters.
public struct RegexPattern: Sendable, Hashable {
    /// The expression between the slashes.
    public let source: String
    /// Whether `/…/i` was written.
    public let ignoresCase: Bool
    private let compiled: Compiled

    /// Regex has no Sendable conformance, but it is a value never changed after its creation and the standard library
    /// publishes its lazily lowered program atomically.
    private struct Compiled: @unchecked Sendable {
        let regex: Regex<AnyRegexOutput>
    }

    /// Compiles an expression.
    ///
    /// - Throws: what the compiler of expressions says about it.
    init(_ source: String, ignoresCase: Bool = false) throws {
        self.source = source
        self.ignoresCase = ignoresCase
        compiled = Compiled(
            regex: try Regex(source).matchingSemantics(.unicodeScalar).ignoresCase(ignoresCase))
    }

    /// Whether the whole text matches.
    public func matchesWhole(_ text: some StringProtocol) -> Bool {
        // An expression that fails at run time (a custom consumer; none can be written here) matches nothing.
        do { return try compiled.regex.wholeMatch(in: String(text)) != nil } catch { return false }
    }

    /// `/source/` or `/source/i`.
    public var description: String { "/\(source)/\(ignoresCase ? "i" : "")" }

    /// As part of a larger expression.
    var grouped: String { ignoresCase ? "(?i:\(source))" : "(?:\(source))" }

    /// Compares what was written.
    public static func == (left: RegexPattern, right: RegexPattern) -> Bool {
        left.source == right.source && left.ignoresCase == right.ignoresCase
    }

    /// Hashes what was written.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(source)
        hasher.combine(ignoresCase)
    }
}
