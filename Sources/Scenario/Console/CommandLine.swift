/// A command line split into words as a POSIX shell splits it, variables and substitutions not yet filled in.
public struct CommandLine: Sendable, Hashable {
    /// A word: stretches that stand together without white space.
    public struct Word: Sendable, Hashable {
        /// The stretches, in order; empty for `''`.
        public let parts: [Part]
    }

    /// A stretch of a word.
    public enum Part: Sendable, Hashable {
        /// Text as it stands, quotes and backslashes resolved.
        case text(String)
        /// The value of a variable; never split into words.
        case variable(String)
        /// The output of `$(docker …)`; outside quotes it is split at white space, trailing newlines always go.
        case substitution(CommandLine, quoted: Bool)
    }

    /// As written.
    public let source: String
    /// The line of the scenario file.
    public let line: Int
    /// The words, the first one being `docker`.
    public let words: [Word]

    /// The words with everything filled in; `substitute` runs an inner command and answers its standard output.
    public func expand(
        _ variables: Variables, substitute: (CommandLine) async throws -> String
    ) async throws -> [String] {
        var result: [String] = []
        for word in words {
            // `nil` until the word has any text of its own: an unquoted substitution that prints nothing makes no word.
            var current: String? = word.parts.isEmpty ? "" : nil
            for part in word.parts {
                switch part {
                case .text(let text): current = (current ?? "") + text
                case .variable(let name):
                    guard let value = variables[name] else { throw UnknownVariable(name: name, line: line) }
                    current = (current ?? "") + value
                case .substitution(let inner, let quoted):
                    let output = try await substitute(inner)
                    if quoted {
                        current = (current ?? "") + Self.withoutTrailingNewlines(output)
                    } else {
                        Self.split(output, into: &result, current: &current)
                    }
                }
            }
            if let current { result.append(current) }
        }
        return result
    }

    private static func withoutTrailingNewlines(_ text: String) -> String {
        var scalars = text.unicodeScalars
        while scalars.last == "\n" { scalars.removeLast() }
        return String(scalars)
    }

    private static func split(_ output: String, into result: inout [String], current: inout String?) {
        let isSpace: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\n" }
        let scalars = withoutTrailingNewlines(output).unicodeScalars
        func endWord() {
            if let word = current { result.append(word) }
            current = nil
        }
        if let first = scalars.first, isSpace(first) { endWord() }
        for (index, field) in scalars.split(whereSeparator: isSpace).enumerated() {
            if index > 0 { endWord() }
            current = (current ?? "") + String(field)
        }
        if let last = scalars.last, isSpace(last) { endWord() }
    }

    var events: [VariableEvent] {
        words.flatMap(\.parts).flatMap { part -> [VariableEvent] in
            switch part {
            case .text: []
            case .variable(let name): [.use(name, line: line)]
            case .substitution(let inner, _): inner.events
            }
        }
    }
}
