import RawJSON
import TestSupport
import Testing

@testable import Conformance

/// Goal: the forms others script against stay as they are. Method: whole documents for one run of four results.
@Suite struct ReportTests {
    static let run = RunDescription(
        endpoint: "unix:///run/d.sock", product: Product(name: "docker", version: "28.5.2"), api: "1.51", driver: "api",
        cases: 4, jobs: 2, seed: 7, expectations: "docker-28.5.yaml", suite: "0.1.0",
        hostOptions: "--host unix:///run/d.sock")

    static let results: [CaseResult] = {
        func identity(_ id: String) -> JudgedCase {
            JudgedCase(id: id, title: "T <1>", level: "must", file: "\(id).md")
        }
        var expected = CaseResult(
            identity: identity("image/b"), verdict: .fail, duration: .milliseconds(5),
            departures: [Departure(line: 9, command: "docker ps", expected: "exit code: 0", got: "1")])
        expected.expectation = Conformance.Expectation(
            cases: Glob("image/b"), verdicts: [.fail], reason: "known", link: "https://example.com/1")
        expected.verdict = .xfail
        return [
            CaseResult(identity: identity("system/a"), verdict: .pass, duration: .microseconds(12_340)),
            expected,
            CaseResult(
                identity: identity("container/c"), verdict: .fail, duration: .milliseconds(20),
                departures: [
                    Departure(
                        line: 31, command: "docker logs c", expected: "stdout: nothing", got: "\"old\\n\"",
                        wire: ["GET /v1.51/containers/c/logs", "200 after 0.8 ms"])
                ]),
            CaseResult(
                identity: identity("container/d"), verdict: .skip, duration: .zero, reason: "promised since API 1.52"),
        ]
    }()

    static let summary = RunSummary(results: results, duration: .milliseconds(1500), leftovers: ["volume v"])

    static func text(_ kind: ReportRequest.Kind) throws -> String {
        let path = try TestDirectory.make() + "/out/report"
        let report = try ReportRequest(kind: kind, path: path).open()
        try report.begin(run)
        for result in results { try report.add(result) }
        try report.end(summary)
        return try String(contentsOfFile: path, encoding: .utf8)
    }

    @Test func ndjson() throws {
        let lines = try Self.text(.ndjson).split(separator: "\n").map(String.init)
        #expect(
            lines[0]
                == #"{"case":"system/a","verdict":"pass","level":"must","area":"system","ms":12.3,"title":"T <1>","file":"system/a.md"}"#
        )
        #expect(
            lines[1].hasSuffix(
                #""observed":"fail","expectation":{"reason":"known","link":"https://example.com/1"},"departures":[{"line":9,"command":"docker ps","expected":"exit code: 0","got":"1","wire":[]}]}"#
            ))
        let summary = try #require(try JSONValue.parse(Array(lines[4].utf8))["summary"])
        #expect(summary["pass"]?.int64 == 1)
        #expect(summary["fail"]?.int64 == 1)
        #expect(summary["xfail"]?.int64 == 1)
        #expect(summary["skip"]?.int64 == 1)
        #expect(summary["product"]?.string == "docker-28.5")
        #expect(summary["api"]?.string == "1.51")
    }

    @Test func tap() throws {
        #expect(
            try Self.text(.tap) == """
                TAP version 14
                1..4
                # docker 28.5.2, API 1.51, driver api, endpoint unix:///run/d.sock, jobs 2, seed 7
                ok 1 - system/a
                not ok 2 - image/b # TODO known
                not ok 3 - container/c
                  ---
                  verdict: fail
                  level: must
                  at: "container/c.md:31"
                  departures:
                    - line: 31
                      command: "docker logs c"
                      expected: "stdout: nothing"
                      got: "\\"old\\\\n\\""
                  ...
                ok 4 - container/d # SKIP promised since API 1.52
                # left behind: volume v

                """)
    }

    @Test func junit() throws {
        let text = try Self.text(.junit)
        #expect(
            text.contains(#"<testsuites name="drydock" tests="4" failures="1" errors="0" skipped="2" time="1.500">"#))
        #expect(text.contains(#"<testcase classname="system" name="a" file="system/a.md" time="0.012"/>"#))
        #expect(
            text.contains(
                #"<failure type="fail" message="expected stdout: nothing, got &quot;old\n&quot;">T &lt;1&gt;"#))
        #expect(text.contains(#"<skipped message="expected to fail: known"/>"#))
    }

    @Test func markdown() throws {
        let text = try Self.text(.markdown)
        #expect(text.contains("| image     |      0 |      0 |                1 |       0 |     1 |"))
        #expect(text.contains("- `image/b` (must): known (<https://example.com/1>)"))
        #expect(text.contains("  container/c.md:31: docker logs c"))
        #expect(text.contains("## Left behind\n\n- volume v"))
    }

    @Test func severalRunsSideBySide() throws {
        let run = try SideBySide.run(try Self.text(.ndjson), file: "x")
        var page = try SideBySide(files: [])
        page.runs = [run]
        let text = page.markdown()
        #expect(text.contains("| container   |         0/1 |"))
        #expect(text.contains("`image/b`"))
        #expect(text.contains("known (https://example.com/1)"))
    }

    @Test func aRunThatDidNotEndIsRefused() throws {
        let lines = try Self.text(.ndjson).split(separator: "\n").dropLast().joined(separator: "\n")
        #expect(throws: ReportError.self) { try SideBySide.run(lines, file: "x") }
    }

    @Test func theFailureViewSaysWhatToTypeAgain() {
        let plain = TerminalCapabilities(redraws: false, colours: false, columns: 80)
        let text = FailureView(capabilities: plain, run: Self.run).text(Self.results[2])
        #expect(
            text == """
                FAIL  container/c  must   container/c.md:31
                      T <1>
                      docker logs c
                      expected   stdout: nothing
                      got        "old\\n"
                      wire       GET /v1.51/containers/c/logs
                                 200 after 0.8 ms
                      again      drydock check container/c --host unix:///run/d.sock -v

                """)
    }

    @Test func escapeSequencesOfADaemonDoNotReachTheTerminal() {
        #expect(TerminalText.visible("a\u{1B}[31mb\rc") == "a␛[31mb␍c")
    }
}
