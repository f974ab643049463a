import Yams

/// Reads the YAML at the top of a scenario.
struct FrontMatterParser {
    private static let keys = [
        "id", "title", "level", "since", "until", "covers", "needs", "sources", "tags", "timeout", "exclusive", "names",
    ]

    private let firstLine: Int
    private(set) var faults: [SyntaxFault] = []
    private var values: [String: (node: Node, line: Int)] = [:]

    /// - Parameters:
    ///   - firstLine: the file's line of the first line of YAML.
    init(firstLine: Int) {
        self.firstLine = firstLine
    }

    /// The front matter, where it could be read well enough; faults are collected beside it.
    mutating func parse(_ yaml: String, bodyLine: Int, expectedID: String?) -> FrontMatter? {
        guard read(yaml) else { return nil }
        let id = text("id") ?? missing("id", "Every scenario has an id, the path of its file without .md")
        let title = text("title") ?? missing("title", "Say in one line what the case promises")
        if let id, let expectedID, id != expectedID {
            fault("the id is `\(id)`, but the file's place says `\(expectedID)`", hint: "Change one of them", at: "id")
        }
        let level = text("level").flatMap { word -> FrontMatter.Level? in
            if let level = FrontMatter.Level(rawValue: word) { return level }
            fault("unknown level `\(word)`", hint: "Known levels: must, should, may", at: "level")
            return nil
        }
        if values["level"] == nil { _ = missing("level", "Write must, should or may") as String? }
        let since = version("since") ?? FrontMatter.Version(major: 1, minor: 24)
        let until = version("until")
        if let until, until < since { fault("until \(until) is before since \(since)", at: "until") }
        let covers = list("covers").compactMap { operation($0.text, $0.line) }
        let needs = list("needs").compactMap { need($0.text, $0.line) }
        let names = list("names")
        for name in names where !isVariableName(name.text) {
            faults.append(
                SyntaxFault(
                    "`\(name.text)` is not a variable's name", hint: "Letters, digits, `_` and `-`", line: name.line))
        }
        let timeout = duration("timeout") ?? .seconds(60)
        let exclusive = flag("exclusive")
        let sources = list("sources").map(\.text)
        let tags = list("tags").map(\.text)
        guard let id, let title, let level, faults.isEmpty else { return nil }
        return FrontMatter(
            id: id, title: title, level: level, since: since, until: until, covers: covers, needs: needs,
            sources: sources,
            tags: tags, timeout: timeout, exclusive: exclusive, names: names.map(\.text), bodyLine: bodyLine)
    }

    private func isVariableName(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, first.properties.isAlphabetic || first == "_" else { return false }
        return name.unicodeScalars.allSatisfy(PatternScanner.isNameScalar)
    }

    private mutating func read(_ yaml: String) -> Bool {
        do {
            guard let node = try Yams.compose(yaml: Self.hidingTemplates(yaml)), case .mapping(let mapping) = node
            else {
                faults.append(
                    SyntaxFault("the front matter is not a mapping", hint: "Write `key: value` lines", line: firstLine))
                return false
            }
            for (key, value) in mapping { read(key, value) }
            return true
        } catch let error as YamlError {
            faults.append(yamlFault(error))
        } catch {
            faults.append(SyntaxFault("the front matter is not YAML: \(error)", line: firstLine))
        }
        return false
    }

    private mutating func read(_ key: Node, _ value: Node) {
        let line = self.line(key)
        guard let name = key.scalar?.string else {
            faults.append(SyntaxFault("a key that is not a word", line: line))
            return
        }
        guard Self.keys.contains(name) else {
            let hint = Suggestion.hint(for: name, in: Self.keys, called: "keys")
            faults.append(SyntaxFault("unknown key `\(name)`", hint: hint, line: line))
            return
        }
        values[name] = (value, line)
    }

    private func line(_ node: Node) -> Int { firstLine + (node.mark?.line ?? 1) - 1 }

    private func yamlFault(_ error: YamlError) -> SyntaxFault {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return SyntaxFault("the front matter is not YAML: \(problem)", line: firstLine + max(mark.line, 1) - 1)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { "`\($0)`" }.joined(separator: ", ")
            return SyntaxFault("the key \(names) stands twice", line: firstLine + max(context.mark.line, 1) - 1)
        default:
            return SyntaxFault("the front matter is not YAML", hint: "Write `key: value` lines", line: firstLine)
        }
    }

    /// YAML reads `{id}` inside `[…]` as a mapping; in a path template it is text, so braces travel in disguise.
    private static func hidingTemplates(_ yaml: String) -> String {
        yaml.replacing(/\/\{([A-Za-z]+)\}/) { "/\u{E000}\($0.output.1)\u{E001}" }
    }

    private static func showingTemplates(_ text: String) -> String {
        text.replacing("\u{E000}", with: "{").replacing("\u{E001}", with: "}")
    }

    private mutating func fault(_ message: String, hint: String? = nil, at key: String) {
        faults.append(SyntaxFault(message, hint: hint, line: values[key]?.line ?? firstLine))
    }

    private mutating func missing(_ key: String, _ hint: String) -> String? {
        if values[key] == nil {
            faults.append(SyntaxFault("the front matter has no `\(key)`", hint: hint, line: firstLine))
        }
        return nil
    }

    private mutating func text(_ key: String) -> String? {
        guard let (node, _) = values[key] else { return nil }
        guard let text = node.scalar?.string, !text.isEmpty else {
            fault("`\(key)` needs one text", at: key)
            return nil
        }
        return Self.showingTemplates(text)
    }

    private mutating func list(_ key: String) -> [(text: String, line: Int)] {
        guard let (node, line) = values[key] else { return [] }
        guard case .sequence(let sequence) = node else {
            fault("`\(key)` needs a list", hint: "Write `\(key): [a, b]`", at: key)
            return []
        }
        return sequence.compactMap { element in
            let place = element.mark.map { firstLine + $0.line - 1 } ?? line
            guard let text = element.scalar?.string, !text.isEmpty else {
                faults.append(SyntaxFault("an entry of `\(key)` that is not text", hint: "Quote it", line: place))
                return nil
            }
            return (Self.showingTemplates(text), place)
        }
    }

    private mutating func version(_ key: String) -> FrontMatter.Version? {
        guard let text = text(key) else { return nil }
        guard let version = FrontMatter.Version(text) else {
            fault("`\(key): \(text)` is not an API version", hint: "Write for example \"1.44\"", at: key)
            return nil
        }
        return version
    }

    private mutating func duration(_ key: String) -> Duration? {
        guard let text = text(key) else { return nil }
        guard let duration = Duration(scenario: text) else {
            fault("`\(key): \(text)` is not a duration", hint: "Write for example 90s or 2m", at: key)
            return nil
        }
        return duration
    }

    private mutating func flag(_ key: String) -> Bool {
        guard let text = text(key) else { return false }
        guard text == "true" || text == "false" else {
            fault("`\(key): \(text)` is neither true nor false", at: key)
            return false
        }
        return text == "true"
    }

    private mutating func operation(_ text: String, _ line: Int) -> Operation? {
        let words = text.split(separator: " ")
        guard words.count == 2, words[1].hasPrefix("/") else {
            faults.append(
                SyntaxFault(
                    "`\(text)` is not an operation", hint: "Write `METHOD /path/{id}`, without version", line: line))
            return nil
        }
        let operation = Operation(method: String(words[0]), path: String(words[1]))
        guard EngineOperation.find(operation) != nil else {
            let near = EngineOperation.nearest(to: operation)
            faults.append(
                SyntaxFault(
                    "the Engine API has no operation `\(text)`",
                    hint: near.map { "Did you mean `\($0)`?" } ?? "Write the path as its definition does",
                    line: line))
            return nil
        }
        return operation
    }

    private mutating func need(_ text: String, _ line: Int) -> Need? {
        let words = text.split(separator: " ").map(String.init)
        switch (words.first, words.count) {
        case ("image", 2): return .image(words[1])
        case ("image", 3) where words[2] == "absent": return .absentImage(words[1])
        case ("registry", 1): return .registry
        case ("linux", 1): return .linux
        case ("published", 2) where words[1] == "ports": return .publishedPorts
        case ("feature", 2):
            if Need.knownFeatures.contains(words[1]) { return .feature(words[1]) }
            let hint = Suggestion.hint(for: words[1], in: Need.knownFeatures, called: "features")
            faults.append(SyntaxFault("unknown feature `\(words[1])`", hint: hint, line: line))
        default:
            faults.append(
                SyntaxFault(
                    "unknown need `\(text)`", hint: "Known needs: \(Need.forms.joined(separator: ", "))", line: line))
        }
        return nil
    }
}
