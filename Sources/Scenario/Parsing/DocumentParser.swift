/// Reads a scenario file: front matter, fences, and the block of each.
struct DocumentParser {
    /// How large a scenario may be; a file beyond it is not one that a person reads.
    static let maximumBytes = 1 << 20

    private let file: String
    private let text: String
    private let lines: [SourceLine]
    private var faults: [SyntaxFault] = []
    private var steps: [Step] = []
    private var fileNames: Set<String> = []

    init(text: String, file: String) {
        self.file = file
        self.text = text
        let pieces = text.split(separator: "\n", omittingEmptySubsequences: false)
        lines = pieces.enumerated().map { index, piece in
            SourceLine(text: String(piece.unicodeScalars.last == "\r" ? piece.dropLast() : piece), number: index + 1)
        }
    }

    mutating func parse(expectedID: String?) throws(ScenarioErrors) -> ScenarioDocument {
        guard text.utf8.count <= Self.maximumBytes else {
            throw ScenarioErrors(errors: [
                ScenarioError(file: file, line: 1, message: "the file is larger than \(Self.maximumBytes) bytes")
            ])
        }
        let (frontMatter, bodyStart) = readFrontMatter(expectedID: expectedID)
        readBlocks(from: bodyStart)
        if steps.isEmpty, faults.isEmpty {
            fault("the scenario has no step", hint: "Write a ```console or ```http block", lines.count)
        }
        guard let frontMatter, faults.isEmpty else { throw errors() }
        var checker = VariableChecker(frontMatter: frontMatter)
        checker.check(steps)
        var jobs = JobChecker()
        jobs.check(steps)
        faults = checker.faults + jobs.faults
        guard faults.isEmpty else { throw errors() }
        var warnings = checker.warnings
        if frontMatter.sources.isEmpty {
            warnings.append(
                SyntaxFault(
                    "no `sources`", hint: "Say where the promise is written: sources: [docker run reference]", line: 1))
        }
        return ScenarioDocument(
            file: file, text: text, frontMatter: frontMatter, steps: steps, uniqueNames: checker.uniqueNames,
            warnings: warnings.map(error).sorted { $0.line < $1.line })
    }

    private func errors() -> ScenarioErrors {
        let sorted = faults.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
        return ScenarioErrors(errors: sorted.map { error($0.element) })
    }

    private func error(_ fault: SyntaxFault) -> ScenarioError {
        ScenarioError(file: file, line: fault.line, message: fault.message, hint: fault.hint)
    }

    private mutating func fault(_ message: String, hint: String? = nil, _ line: Int) {
        faults.append(SyntaxFault(message, hint: hint, line: line))
    }

    private mutating func readFrontMatter(expectedID: String?) -> (FrontMatter?, Int) {
        guard lines.first?.trimmed == "---" else {
            fault(
                "the file does not begin with front matter",
                hint: "Its first line is ---, then come id, title and level", 1)
            return (nil, 0)
        }
        guard let end = lines.dropFirst().firstIndex(where: { $0.trimmed == "---" }) else {
            fault("the front matter is not closed", hint: "Write --- on a line of its own behind it", 1)
            return (nil, lines.count)
        }
        let yaml = lines[1..<end].map(\.text).joined(separator: "\n")
        var parser = FrontMatterParser(firstLine: 2)
        let frontMatter = parser.parse(yaml, bodyLine: end + 2, expectedID: expectedID)
        faults += parser.faults
        return (frontMatter, end + 1)
    }

    private mutating func readBlocks(from start: Int) {
        var index = start
        while index < lines.count {
            defer { index += 1 }
            let opening = lines[index]
            guard let fence = Fence(opening) else { continue }
            guard let close = lines[(index + 1)...].firstIndex(where: { fence.isClosed(by: $0) }) else {
                fault(
                    "the block is not closed", hint: "Write \(fence.marks) on a line of its own behind it",
                    opening.number)
                return
            }
            read(fence, Array(lines[(index + 1)..<close]), opening.number)
            index = close
        }
    }

    private mutating func read(_ fence: Fence, _ block: [SourceLine], _ line: Int) {
        do throws(SyntaxFault) {
            switch fence.words.first {
            case "console" where fence.words.count == 1:
                let (step, found) = ConsoleParser(fence: line, lines: block).parse()
                faults += found
                steps.append(.console(step))
            case "http":
                var parser = HTTPParser(fence: line, flags: try Self.flags(fence, line), lines: block)
                steps.append(.http(try parser.parse()))
            case "file":
                let content = block.map { $0.text + "\n" }.joined()
                steps.append(
                    .file(
                        FileStep(
                            line: line, name: try name(fence, line),
                            content: try Template(parsing: content, line: line + 1))))
            case "tar":
                var entries: [TarEntryTemplate] = []
                for entry in block where !entry.isBlank { entries.append(try TarEntryTemplate(parsing: entry)) }
                steps.append(.tar(TarStep(line: line, name: try name(fence, line), entries: entries)))
            default:
                let word = fence.words.joined(separator: " ")
                let near = fence.words.first.flatMap {
                    Suggestion.nearest(to: $0, in: ["console", "http", "file", "tar"])
                }
                throw SyntaxFault(
                    word.isEmpty ? "a block without a kind" : "`\(word)` is not a kind of block",
                    hint: near.map { "Did you mean ```\($0)?" }
                        ?? "Blocks are ```console, ```http, ```file NAME, ```tar NAME; indent by four spaces what is only shown",
                    line: line)
            }
        } catch { faults.append(error) }
    }

    private static func flags(_ fence: Fence, _ line: Int) throws(SyntaxFault) -> Set<String> {
        let known = ["raw", "malformed"]
        for word in fence.words.dropFirst() where !known.contains(word) {
            throw SyntaxFault(
                "unknown word `\(word)` behind ```http", hint: Suggestion.hint(for: word, in: known, called: "words"),
                line: line)
        }
        return Set(fence.words.dropFirst())
    }

    private mutating func name(_ fence: Fence, _ line: Int) throws(SyntaxFault) -> String {
        guard fence.words.count == 2, isFileName(fence.words[1]) else {
            throw SyntaxFault(
                "```\(fence.words.joined(separator: " ")) needs one plain file name",
                hint: "Write ```\(fence.words[0]) NAME", line: line)
        }
        guard fileNames.insert(fence.words[1]).inserted else {
            throw SyntaxFault("two blocks are called `\(fence.words[1])`", line: line)
        }
        return fence.words[1]
    }
}

/// An opening fence (CommonMark 4.5): three or more backticks at the start of a line, and the info string.
private struct Fence {
    let marks: String
    let words: [String]

    init?(_ line: SourceLine) {
        let count = line.text.prefix { $0 == "`" }.count
        let info = line.text.dropFirst(count)
        guard count >= 3, !info.contains("`") else { return nil }
        marks = String(repeating: "`", count: count)
        words = info.split { $0 == " " || $0 == "\t" }.map(String.init)
    }

    func isClosed(by line: SourceLine) -> Bool {
        let text = line.trimmed
        return text.count >= marks.count && text.allSatisfy { $0 == "`" }
    }
}

extension ScenarioDocument {
    /// Parses and checks a scenario.
    ///
    /// - Parameters:
    ///   - text: the file's text.
    ///   - file: the file's name, for messages.
    ///   - expectedID: the id that its path gives it; `nil` leaves the id unchecked.
    /// - Throws: every fault that was found, in the order of the lines.
    public static func parse(
        _ text: String, file: String, expectedID: String?
    ) throws(ScenarioErrors) -> ScenarioDocument {
        var parser = DocumentParser(text: text, file: file)
        return try parser.parse(expectedID: expectedID)
    }

    /// The id that a path below the scenario folder gives: `container/run/x.md` is `container/run/x`.
    public static func id(forPath path: String) -> String {
        path.hasSuffix(".md") ? String(path.dropLast(3)) : path
    }
}
