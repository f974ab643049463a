import RawJSON
import Testing

@testable import Scenario

@Suite("Matching responses, streams and conversations")
struct WireMatcherTests {
    static func step(_ block: String) throws -> HTTPStep {
        let text = Manual.preamble + "```http\n" + block + "\n```\n"
        let document = try ScenarioDocument.parse(text, file: "x.md", expectedID: nil)
        guard case .http(let step) = document.steps[0] else { throw SyntaxFault("no http step", line: 1) }
        return step
    }

    static func body(_ expected: String, _ body: String) throws -> MatchResult {
        try step("GET /x\n200\n\n" + expected).body.match(
            Array(body.utf8), variables: Variables(),
            readTar: { _ in
                [
                    TarEntrySummary(path: "./dir/", kind: .directory, mode: 0o700, uid: 0, gid: 0, content: []),
                    TarEntrySummary(
                        path: "dir/a", kind: .file, mode: 0o644, uid: 5, gid: 0, content: Array("hi\n".utf8)),
                    TarEntrySummary(path: "dir/l", kind: .symbolicLink("a"), mode: 0o777, uid: 0, gid: 0, content: []),
                ]
            })
    }

    @Test(
        "bodies",
        arguments: [
            ("(empty)", "", true), ("(empty)", "x", false), ("(bytes 3)", "abc", true), ("(bytes >= 4)", "abc", false),
            ("OK", "OK", true), ("OK", "OK\n", true), ("OK", "OK\nmore", false), ("{}", "{}", true),
            ("{}", "{} {}", false),
            ("{}", "", false), ("{\"a\":1}\n{\"a\":2}", "{\"a\":1}\r\n{\"a\":2}", true),
            ("{\"a\":1}\n{\"a\":2}", "{\"a\":1}", false), ("{\"a\":1}\n...", "{\"a\":1}{\"a\":9}{\"a\":8}", true),
            ("...\n{\"a\":2}", "{\"a\":1}{\"a\":2}", true), ("...\n{\"a\":2}", "{\"a\":2}{\"a\":1}", false),
            ("tar\n  dir/ 0700\n  dir/a 0644 \"hi\\n\" uid=5\n  dir/l -> a", "", true),
            ("tar\n  ...\n  dir/a 0600\n  ...", "", false), ("tar\n  dir/\n  ...", "", true),
            ("tar\n  dir/", "", false),
            ("(text)\n{}", "{}", true), ("(json)\n7", "7", true),
        ])
    func bodies(_ expected: String, _ body: String, _ verdict: Bool) throws {
        let result = try Self.body(expected, body)
        #expect(result.isMatch == verdict, "\(result)")
    }

    @Test("status and headers")
    func head() throws {
        let step = try Self.step("GET /x\n2xx|404\nA: b...\nC: absent\nD: /[0-9]+/\nE: ${e = integer}\nF: any")
        let response = try #require(step.response)
        let right = response.match(
            status: 204, headers: [("a", "bc"), ("d", "12"), ("e", "3"), ("F", "")], variables: Variables())
        #expect(right == MatchResult(captures: ["e": "3"]))
        let wrong = response.match(status: 500, headers: [("c", "x"), ("d", "12a")], variables: Variables())
        #expect(
            wrong.mismatches.map(\.description) == [
                "status: expected 2xx|404, got 500", "header A: expected b..., got no such header",
                "header C: expected absent, got \"x\"", "header D: expected /[0-9]+/, got \"12a\"",
                "header E: expected ${e = integer}, got no such header", "header F: expected any, got no such header",
            ])
    }

    @Test("a header that holds base64 of JSON")
    func encodedHeader() throws {
        let step = try Self.step("GET /x\n200\nA: base64 { \"name\": \"f\", \"size\": 3 }")
        let response = try #require(step.response)
        // {"name":"f","size":4}
        let result = response.match(
            status: 200, headers: [("a", "eyJuYW1lIjoiZiIsInNpemUiOjR9")], variables: Variables())
        #expect(result.mismatches.map(\.description) == ["header A: size: expected 3, got 4"])
        #expect(!response.match(status: 200, headers: [("a", "{}")], variables: Variables()).isMatch)
    }

    @Test("the next values of a stream leave the rest for the next matcher")
    func stream() throws {
        guard case .jsonStream(let pattern) = try Self.step("GET /x\n200\n{\"a\":1}\n...\n{\"b\":${n = integer}}").body
        else {
            Issue.record("not a stream")
            return
        }
        var matcher = JSONStreamMatcher(pattern, variables: Variables(), mode: .next)
        matcher.append(["a": 1])
        matcher.append(["x": 1])
        #expect(matcher.progress == .incomplete)
        matcher.append(["b": 7])
        matcher.append(["c": 1])
        #expect(matcher.progress == .matched(["n": "7"]))
        #expect(matcher.rest == [["c": 1]])
        var wrong = JSONStreamMatcher(pattern, variables: Variables(), mode: .next)
        wrong.append(["a": 2])
        #expect(wrong.progress == .failed([Mismatch(line: 12, location: "value 1: a", expected: "1", got: "2")]))
    }

    @Test("a conversation consumes frames channel by channel")
    func conversation() throws {
        let step = try Self.step(
            """
            POST /x
            Upgrade: tcp
            101
            > "in"
            < stdout "hello\\n"
            < frame 2 3 "err"
            < stdout /line [0-9]/
            < stdout "id ${id = /[a-f]+/}\\n"
            [closed]
            """)
        var matcher = ConversationMatcher()
        func match(_ index: Int, ended: Bool = false) -> MatchProgress {
            matcher.match(step.conversation[index], variables: Variables(), ended: ended)
        }
        #expect(match(0) == .matched([:]))
        matcher.append(frame: 1, length: 2, payload: Array("he".utf8))
        #expect(match(1) == .incomplete)
        matcher.append(frame: 2, length: 3, payload: Array("err".utf8))
        matcher.append(frame: 1, length: 20, payload: Array("llo\nline 1\nid abc".utf8))
        #expect(match(1) == .matched([:]))
        #expect(match(2) == .matched([:]))
        #expect(match(3) == .matched([:]))
        #expect(match(4) == .incomplete)
        matcher.append(frame: 1, length: 1, payload: Array("\n".utf8))
        #expect(match(4) == .matched(["id": "abc"]))
        #expect(match(5) == .incomplete)
        #expect(match(5, ended: true) == .matched([:]))
        matcher.append(frame: 1, length: 1, payload: Array("x".utf8))
        guard case .failed = match(5, ended: true) else {
            Issue.record("unread bytes went unnoticed")
            return
        }
    }

    @Test("text that cannot match any more fails at once")
    func conversationFailsEarly() throws {
        let step = try Self.step("POST /x\nUpgrade: tcp\n101\n< raw \"hello\"")
        var matcher = ConversationMatcher()
        matcher.append(raw: Array("help".utf8))
        guard case .failed(let mismatches) = matcher.match(step.conversation[0], variables: Variables(), ended: false)
        else {
            Issue.record("still waiting")
            return
        }
        #expect(mismatches.map(\.description) == ["raw: expected \"hello\", got \"help\""])
    }
}
