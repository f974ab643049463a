import Testing

@testable import Scenario

@Suite("Matching output as it comes")
struct TextMatcherTests {
    static func pattern(_ lines: String...) throws -> TextPattern {
        try TextPattern(parsing: lines.enumerated().map { SourceLine(text: $0.element, number: $0.offset + 1) })
    }

    static func run(
        _ pattern: TextPattern, _ mode: TextMatcher.Mode, _ text: String, ended: Bool
    ) -> (matcher: TextMatcher, verdict: String) {
        var matcher = TextMatcher(pattern, variables: Variables(["web": "w1"]), mode: mode, location: "stdout")
        // Byte by byte, so that no verdict depends on how the stream was cut.
        for byte in text.utf8 { matcher.append([byte]) }
        if ended { matcher.finish() }
        switch matcher.progress {
        case .incomplete: return (matcher, "incomplete")
        case .matched: return (matcher, "matched")
        case .failed: return (matcher, "failed")
        }
    }

    @Test(
        "whole outputs",
        arguments: [
            (["a", "b"], "a\nb\n", "matched"), (["a", "b"], "a\n", "failed"), (["a"], "a\nb\n", "failed"),
            (["a"], "a", "failed"), (["a\\c"], "a", "matched"), (["a\\c"], "a\n", "failed"), ([], "", "matched"),
            ([], "x\n", "failed"), (["..."], "", "matched"), (["...", "b"], "a\nb\na\nb\n", "matched"),
            (["a", "...", "c"], "a\nc\n", "matched"), (["a", "...", "c"], "a\nc\nd\n", "failed"),
            (["${web}"], "w1\n", "matched"), (["${x = /[a-z]+/}", "${x}"], "ab\nab\n", "matched"),
            (["${x = /[a-z]+/}", "${x}"], "ab\ncd\n", "failed"), (["é"], "é\n", "matched"), (["a"], "a\r\n", "failed"),
        ])
    func complete(_ lines: [String], _ text: String, _ verdict: String) throws {
        let pattern = try TextPattern(parsing: lines.map { SourceLine(text: $0, number: 1) })
        #expect(Self.run(pattern, .complete, text, ended: true).verdict == verdict)
    }

    @Test("a wrong line fails before the end comes")
    func earlyFailure() throws {
        #expect(Self.run(try Self.pattern("a", "b"), .complete, "x\n", ended: false).verdict == "failed")
        #expect(Self.run(try Self.pattern(), .complete, "x\n", ended: false).verdict == "failed")
        #expect(Self.run(try Self.pattern("a", "b"), .complete, "a\n", ended: false).verdict == "incomplete")
    }

    @Test("the next lines leave the rest for the next matcher")
    func next() throws {
        var matcher = TextMatcher(try Self.pattern("...", "b"), variables: Variables(), mode: .next, location: "stdout")
        matcher.append(Array("a\nb".utf8))
        #expect(matcher.progress == .incomplete)
        matcher.append(Array("\nrest".utf8))
        #expect(matcher.progress == .matched([:]))
        #expect(matcher.rest == Array("rest".utf8))
    }

    @Test("a line without newline is enough where the pattern says so")
    func nextUnfinished() throws {
        #expect(Self.run(try Self.pattern("prompt>\\c"), .next, "prompt>", ended: false).verdict == "matched")
        #expect(Self.run(try Self.pattern("prompt>"), .next, "prompt>", ended: false).verdict == "incomplete")
        #expect(Self.run(try Self.pattern("a"), .next, "b\n", ended: false).verdict == "failed")
        #expect(Self.run(try Self.pattern("a"), .next, "", ended: true).verdict == "failed")
    }

    @Test("on a terminal other text may stand around")
    func amongOtherText() throws {
        let pattern = try Self.pattern("one", "id=${x = /[0-9]+/}", "# ")
        let (matcher, verdict) = Self.run(
            pattern, .amongOtherText, "sh# echo\r\nxonex\r\nid=42\r\nsh# left", ended: false)
        #expect(verdict == "matched")
        #expect(matcher.progress == .matched(["x": "42"]))
        #expect(String(decoding: matcher.rest, as: UTF8.self).hasSuffix("left") || matcher.rest.isEmpty)
        #expect(Self.run(pattern, .amongOtherText, "id=42\r\none\r\n", ended: true).verdict == "failed")
    }

    @Test("unordered lines are paired so that as many as possible match")
    func unordered() throws {
        // The first pattern could take either line; only one choice leaves a line for the second.
        #expect(Self.run(try Self.pattern("a...", "ab"), .unordered, "ab\nac\n", ended: true).verdict == "matched")
        #expect(Self.run(try Self.pattern("a", "b"), .unordered, "b\na\nc\n", ended: true).verdict == "failed")
        #expect(Self.run(try Self.pattern("a", "..."), .unordered, "b\na\nc\n", ended: true).verdict == "matched")
    }

    @Test("mismatches name the line of the output, the pattern, and what came")
    func mismatches() throws {
        let result = try Self.pattern("a", "b", "c").match(
            Array("a\nx\u{7}\ny\n".utf8), variables: Variables(), location: "stdout")
        #expect(
            result.mismatches.map(\.description) == [
                "stdout line 2: expected b, got \"x\\x07\"", "stdout line 3: expected c, got \"y\"",
            ])
        #expect(result.mismatches.map(\.line) == [2, 3])
        let open = try Self.pattern("a").match(Array("a".utf8), variables: Variables(), location: "stderr")
        #expect(open.mismatches.map(\.description) == ["stderr line 1: expected a, got \"a\" without a newline"])
    }

    @Test("an alignment shows what is missing and what is extra")
    func alignment() throws {
        let alignment = LineAlignment(
            try Self.pattern("a", "b", "...", "z"), output: Array("a\nx\nq\nz\nend\n".utf8), variables: Variables())
        #expect(alignment.text == "  a\n- b\n  ...\n  z\n+ end")
    }
}
