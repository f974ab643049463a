/// Writes text that came as expected lines.
struct TextRenderer {
    /// Values shorter than this stand in too many places by chance to be named.
    private static let shortestValue = 4

    let variables: Variables

    /// One line: variables instead of their values, expressions instead of ids and times, and what the format would read
    /// otherwise escaped.
    func line(_ text: String) -> String { guarded(content(text)) }

    /// The same for text inside quotes, where no character has a meaning at the start of a line.
    func content(_ text: String) -> String {
        let known = variables.values.filter { $0.value.unicodeScalars.count >= Self.shortestValue && $0.key != "api" }
            .sorted { ($0.value.count, $1.key) > ($1.value.count, $0.key) }
        var result = ""
        var rest = text[...]
        var literal = ""
        func flush() {
            result += expressions(escaped(literal))
            literal = ""
        }
        scan: while let character = rest.first {
            for (name, value) in known where rest.hasPrefix(value) {
                flush()
                result += "${\(name)}"
                rest = rest.dropFirst(value.count)
                continue scan
            }
            literal.append(character)
            rest = rest.dropFirst()
        }
        flush()
        return result
    }

    /// Lines of a whole output; the old lines stay where their patterns match, gaps stay where they were.
    func lines(_ pattern: TextPattern, _ old: [String], _ output: [UInt8]) -> [String] {
        let lines = OutputLine.split(output)
        let aligned = LineAlignment(pattern: pattern, lines: lines, variables: variables).steps
        var names = Set(variables.values.keys)
        return aligned.compactMap { step in
            switch step {
            case .missing, .skipped: return nil
            case .gap: return "..."
            case .matched(let item, _): return old.indices.contains(item) ? old[item] : nil
            case .extra(let index):
                let text = lines[index].text
                let end = lines[index].hasNewline ? "" : "\\c"
                if text.wholeMatch(of: /[0-9a-f]{64}/) != nil, !variables.values.values.contains(text) {
                    let name = fresh("id", &names)
                    return "${\(name) = /[0-9a-f]{64}/}" + end
                }
                return line(text) + end
            }
        }
    }

    private func fresh(_ name: String, _ names: inout Set<String>) -> String {
        let candidates = [name] + (2...99).map { "\(name)\($0)" }
        let free = candidates.first { !names.contains($0) } ?? name
        names.insert(free)
        return free
    }

    private func escaped(_ text: String) -> String {
        text.replacing("$", with: "$$").replacing("...", with: "${\"...\"}")
    }

    private func expressions(_ text: String) -> String {
        text.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/) { _ in #"${/\d{4}-\d\d-\d\dT\S+/}"# }
            .replacing(/[0-9a-f]{64}/) { _ in "${/[0-9a-f]{64}/}" }
    }

    /// The first character of a line that would be read as a command, stderr, typing or a directive stands in quotes.
    private func guarded(_ text: String) -> String {
        guard let first = text.first else { return text }
        if text.hasPrefix("$$ ") { return "${\"$\"}" + text.dropFirst(2) }
        let isMark = text == ">" || text == "!" || text.hasPrefix("> ") || text.hasPrefix("! ")
        let isDirective = first == "[" && text.hasSuffix("]")
        return isMark || isDirective ? "${\"\(first)\"}" + text.dropFirst() : text
    }
}
