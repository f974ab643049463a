import Foundation
import RawJSON
import Testing

@testable import Scenario

/// The manual, cut into its examples: each is executed, so that the manual cannot be wrong.
struct Manual {
    struct Example: Sendable, CustomTestStringConvertible {
        let info: String
        let line: Int
        let lines: [String]
        /// The `message` block behind an `error` example.
        var message: [String] = []
        var text: String { lines.joined(separator: "\n") }
        var testDescription: String { "FORMAT.md:\(line) \(info)" }
    }

    static let examples: [Example] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        guard let data = FileManager.default.contents(atPath: root.appending(path: "Conformance/FORMAT.md").path())
        else {
            return []
        }
        let text = String(decoding: data, as: UTF8.self)
        var examples: [Example] = []
        var open: (marks: String, info: String, line: Int, lines: [String])?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).enumerated()
        {
            if let current = open {
                if line == current.marks {
                    if current.info == "message", !examples.isEmpty {
                        examples[examples.count - 1].message = current.lines
                    } else {
                        examples.append(Example(info: current.info, line: current.line, lines: current.lines))
                    }
                    open = nil
                } else {
                    open?.lines.append(line)
                }
            } else if line.hasPrefix("```") {
                let marks = String(line.prefix { $0 == "`" })
                open = (marks, String(line.dropFirst(marks.count)), index + 1, [])
            }
        }
        return examples
    }()

    static func examples(_ info: String) -> [Example] { examples.filter { $0.info == info } }

    /// Blocks alone get a front matter that needs the images and names they speak of; its lines do not count.
    static let preamble = """
        ---
        id: area/case
        title: An example of the manual
        level: must
        needs: [image nginx, image busybox]
        names: [one, two, missing]
        sources: [the manual]
        ---

        """

    static func parse(_ example: Example) throws(ScenarioErrors) -> ScenarioDocument {
        let isWhole = example.text.hasPrefix("---\n")
        return try ScenarioDocument.parse(
            isWhole ? example.text : preamble + example.text, file: "x.md", expectedID: nil)
    }
}

@Suite("The manual of the format")
struct ManualTests {
    static let variables = Variables(["known": "value", "then": "2026-01-01T00:00:00Z"])

    @Test("has examples of every kind")
    func examplesAreFound() {
        #expect(Manual.examples("markdown").count >= 10)
        #expect(Manual.examples("markdown error").count >= 10)
        #expect(Manual.examples("match json").count == 1)
        #expect(
            Set(Manual.examples.map(\.info)) == ["markdown", "markdown error", "match json", "match line", "mismatch"])
    }

    @Test("shows scenarios that parse", arguments: Manual.examples("markdown"))
    func validExample(_ example: Manual.Example) throws {
        let document = try Manual.parse(example)
        #expect(!document.steps.isEmpty)
    }

    @Test("shows errors with their exact message", arguments: Manual.examples("markdown error"))
    func errorExample(_ example: Manual.Example) {
        let isWhole = example.text.hasPrefix("---\n")
        let offset = isWhole ? 0 : Manual.preamble.split(separator: "\n", omittingEmptySubsequences: false).count - 1
        #expect(!example.message.isEmpty)
        do {
            _ = try Manual.parse(example)
            Issue.record("parsed without an error")
        } catch {
            let messages = error.errors.map { fault in
                let place = isWhole ? fault.line : fault.line - offset
                let names = "Captured so far: ${one}, ${two}, ${missing}, "
                let summary = fault.summary.replacing(names, with: "Captured so far: ")
                    .replacing(/first in line (\d+)/) {
                        "first in line \((Int($0.output.1) ?? 0) - (isWhole ? 0 : offset))"
                    }
                return "\(place): \(summary)"
            }
            #expect(messages == example.message)
        }
    }

    /// `PATTERN   matches|rejects   VALUE`.
    static func rows(_ info: String) -> [(pattern: String, verdict: Bool, value: String)] {
        Manual.examples(info).flatMap(\.lines).compactMap { line in
            for (word, verdict) in [("  matches  ", true), ("  rejects  ", false)] {
                let parts = line.components(separatedBy: word)
                if parts.count == 2 { return (parts[0].trimmingSpaces, verdict, parts[1].trimmingSpaces) }
            }
            Issue.record("a row without a verdict: \(line)")
            return nil
        }
    }

    @Test("is right about lines")
    func lineRows() throws {
        let rows = Self.rows("match line")
        #expect(rows.count >= 10)
        for row in rows {
            let pattern = try LinePattern(parsing: row.pattern, line: 1)
            let value = try #require(try JSONValue.parse(row.value).string)
            #expect((pattern.match(value, variables: Self.variables) != nil) == row.verdict, "\(row)")
        }
    }

    @Test("is right about JSON")
    func jsonRows() throws {
        let rows = Self.rows("match json")
        #expect(rows.count >= 40)
        for row in rows {
            let pattern = try jsonPattern(row.pattern)
            let result = pattern.match(try JSONValue.parse(row.value), variables: Self.variables)
            #expect(result.isMatch == row.verdict, "\(row) \(result)")
        }
    }

    @Test("is right about mismatches", arguments: Manual.examples("mismatch"))
    func mismatches(_ example: Manual.Example) throws {
        let result = try jsonPattern(example.lines[0]).match(
            try JSONValue.parse(example.lines[1]), variables: Self.variables)
        #expect(result.mismatches.map(\.description) == Array(example.lines.dropFirst(2)))
    }
}

/// The pattern of one JSON value.
func jsonPattern(_ text: String) throws -> JSONPattern {
    var parser = JSONPatternParser(text, line: 1)
    let items = try parser.stream()
    guard items.count == 1, case .value(let pattern) = items[0] else {
        throw SyntaxFault("expected one value, found \(items.count)", line: 1)
    }
    return pattern
}
