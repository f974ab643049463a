/// A pattern over case ids: `*` stands for any text without `/`, `**` for any text, `?` for one character.
///
/// A pattern without any of them also matches every case below it: `container/logs` is all of `container/logs/…`.
public struct Glob: Sendable, Hashable {
    /// The pattern as written.
    public let pattern: String

    /// A glob; every text is one.
    public init(_ pattern: String) {
        self.pattern = pattern
    }

    /// Whether the pattern has a wild card.
    public var isWild: Bool { pattern.contains { $0 == "*" || $0 == "?" } }

    /// Whether the id matches.
    public func matches(_ id: String) -> Bool {
        if !isWild {
            let plain = pattern.hasSuffix("/") ? String(pattern.dropLast()) : pattern
            return id == plain || id.hasPrefix(plain + "/")
        }
        return Self.match(Array(pattern), 0, Array(id), 0)
    }

    private static func match(_ pattern: [Character], _ p: Int, _ text: [Character], _ t: Int) -> Bool {
        guard p < pattern.count else { return t == text.count }
        guard pattern[p] == "*" else {
            guard t < text.count, pattern[p] == "?" ? text[t] != "/" : pattern[p] == text[t] else { return false }
            return match(pattern, p + 1, text, t + 1)
        }
        let crosses = p + 1 < pattern.count && pattern[p + 1] == "*"
        let rest = p + (crosses ? 2 : 1)
        var end = t
        while true {
            if match(pattern, rest, text, end) { return true }
            guard end < text.count, crosses || text[end] != "/" else { return false }
            end += 1
        }
    }
}
