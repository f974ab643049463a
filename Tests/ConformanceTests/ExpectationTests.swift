import TestSupport
import Testing

@testable import Conformance

/// Goal: an expectation file turns known departures into xfail, reports what is no longer true, and errs helpfully.
@Suite struct ExpectationTests {
    static func entries(_ text: String) throws -> [Conformance.Expectation] {
        try ExpectationFile.parse(text, file: "x.yaml")
    }

    static func result(_ verdict: Verdict, id: String = "system/a") -> CaseResult {
        CaseResult(
            identity: JudgedCase(id: id, title: "t", level: "must", file: "\(id).md"), verdict: verdict, duration: .zero
        )
    }

    @Test func readsEntries() throws {
        let entries = try Self.entries(
            """
            # known
            - case: container/wait/*
              verdict: [fail, timeout]
              when: { driver: cli, transport: tcp }
              reason: answers early
              link: https://example.com/1
            - case: system/a
              reason: says otherwise
            """)
        #expect(entries.map(\.cases.pattern) == ["container/wait/*", "system/a"])
        #expect(entries[0].verdicts == [.fail, .timeout])
        #expect(entries[0].condition == .init(driver: "cli", transport: "tcp"))
        #expect(entries[1].verdicts == [.fail])
        #expect(entries[1].line == 7)
    }

    @Test(arguments: [
        ("- case: a/b\n  verdikt: fail\n  reason: x", "x.yaml:1: unknown key verdikt. Did you mean verdict?"),
        ("- case: a/b\n", "x.yaml:1: the entry for a/b needs a `reason`"),
        ("- case: a/b\n  reason: x\n  verdict: pass", "pass is not a verdict to expect"),
        ("- case: a/b\n  reason: x\n  when: { os: mac }", "`when` knows driver"),
        ("a: b", "expected a list of entries"), ("- [", "not YAML"),
    ])
    func namesWhatIsWrong(text: String, message: String) {
        #expect {
            try Self.entries(text)
        } throws: {
            "\($0)".contains(message)
        }
    }

    @Test(arguments: [
        (Verdict.fail, Verdict.xfail), (.pass, .xpass), (.timeout, .timeout), (.error, .error), (.skip, .skip),
        (.unsupported, .unsupported),
    ])
    func judges(observed: Verdict, verdict: Verdict) throws {
        let set = ExpectationSet(file: "x", entries: try Self.entries("- case: system/*\n  reason: known"))
        let judged = set.apply(to: Self.result(observed))
        #expect(judged.verdict == verdict)
        #expect(judged.observed == observed)
    }

    @Test func aFlakyCaseMayPassOrFail() throws {
        let set = ExpectationSet(
            file: "x", entries: try Self.entries("- case: system/a\n  verdict: flaky\n  reason: races"))
        #expect(set.apply(to: Self.result(.pass)).verdict == .pass)
        #expect(set.apply(to: Self.result(.fail)).verdict == .xfail)
        #expect(set.apply(to: Self.result(.flaky)).verdict == .xfail)
    }

    @Test func conditionsNarrowEntries() throws {
        let entries = try Self.entries("- case: system/a\n  when: { driver: cli }\n  reason: x")
        #expect(ExpectationSet(file: nil, entries: entries, driver: "api", transport: "unix").entries.isEmpty)
        #expect(ExpectationSet(file: nil, entries: entries, driver: "cli", transport: "unix").entries.count == 1)
    }

    @Test func reportsEntriesThatMatchNoCase() throws {
        let set = ExpectationSet(
            file: nil, entries: try Self.entries("- case: gone/*\n  reason: x\n- case: system\n  reason: y"))
        #expect(set.unused(among: ["system/a"]).map(\.cases.pattern) == ["gone/*"])
    }

    @Test func theSkeletonReadsBackAndKeepsReasons() throws {
        let current = ExpectationSet(
            file: "x",
            entries: try Self.entries("- case: system/a\n  reason: \"known: \\\"yes\\\"\"\n  link: https://example.com")
        )
        let results = [
            current.apply(to: Self.result(.fail)), current.apply(to: Self.result(.pass, id: "system/b")),
            Self.result(.timeout, id: "system/c"),
        ]
        let text = ExpectationFile.skeleton(
            product: Product(name: "podman", version: "4.3.1"), results: results, keeping: current)
        let written = try Self.entries(text)
        #expect(written.map(\.cases.pattern) == ["system/a", "system/c"])
        #expect(written[0].reason == #"known: "yes""#)
        #expect(written[0].link == "https://example.com")
        #expect(written[1].verdicts == [.timeout])
    }

    @Test func anExpectationOfACaseThatIsNotReplayedIsNotUnused() async throws {
        let file = "\(try TestDirectory.make())/known.yaml"
        try "- case: system/b\n  reason: known\n- case: system/gone\n  reason: known".write(
            toFile: file, atomically: true, encoding: .utf8)
        let daemon = try FakeDaemon { $0.path == "/probe" ? .json(#"{"Held":true}"#) : nil }
        let summary = try await Runs.run(daemon, [try Runs.probing("system/a")]) {
            $0.expectations = .file(file)
            $0.caseIDs = ["system/a", "system/b"]
        }
        #expect(summary.unusedExpectations == ["system/gone (line 3)"])
    }

    @Test func aRunUsesTheFileOfItsProduct() async throws {
        let folder = try TestDirectory.make()
        try "- case: system/a\n  reason: known\n- case: system/b\n  reason: mended".write(
            toFile: "\(folder)/docker-28.5.yaml", atomically: true, encoding: .utf8)
        let daemon = try FakeDaemon { request in
            switch request.target {
            case "/probe": .json(#"{"Held":false}"#)
            case "/other": .json(#"{"Held":true}"#)
            default: nil
            }
        }
        let documents = [try Runs.probing("system/a"), try Runs.probing("system/b", "/other")]
        let summary = try await Runs.run(daemon, documents) { $0.expectations = .folder(folder) }
        #expect(summary.counts == [.xfail: 1, .xpass: 1])
        #expect(summary.exit() == .departure)
        #expect(summary.exit(allowsUnexpectedPass: true) == .asExpected)
    }
}
