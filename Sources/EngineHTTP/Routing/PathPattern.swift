/// The path of an operation: fixed words and names. A name takes any text, slashes too, as docker's `{name:.*}` does;
/// where several operations fit, the one with more fixed words is meant.
struct PathPattern: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case word(String)
        case name
    }

    private let parts: [Part]
    /// Where the name stands, if there is one.
    private let position: Int?

    /// How many words are fixed.
    var fixedWords: Int { parts.count { $0 != .name } }

    /// The word it begins with.
    var firstWord: String {
        if case .word(let word)? = parts.first { word } else { "" }
    }

    init(_ text: String) {
        parts = text.split(separator: "/").map { $0.hasPrefix("{") ? .name : .word(String($0)) }
        position = parts.firstIndex(of: .name)
    }

    /// The names in a path's segments; nil where it does not fit.
    func match(_ segments: [Substring]) -> [String]? {
        guard segments.count >= parts.count else { return nil }
        guard let position else {
            return segments.count == parts.count && fits(parts[...], segments[...]) ? [] : nil
        }
        let after = parts[(position + 1)...]
        let spread = segments.count - parts.count
        guard fits(parts[..<position], segments[..<position]), fits(after, segments[(position + spread + 1)...]) else {
            return nil
        }
        guard spread > 0 else { return [String(segments[position])] }
        return [segments[position...(position + spread)].joined(separator: "/")]
    }

    private func fits(_ parts: ArraySlice<Part>, _ segments: ArraySlice<Substring>) -> Bool {
        parts.count == segments.count
            && zip(parts, segments).allSatisfy { part, segment in
                if case .word(let word) = part { word == segment } else { true }
            }
    }
}
