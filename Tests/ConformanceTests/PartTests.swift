import RawJSON
import Testing

@testable import Conformance

/// Goal: the small parts that verdicts and manners rest on.
@Suite struct PartTests {
    @Test(arguments: [
        ("container/logs", "container/logs/tail", true), ("container/log", "container/logs/tail", false),
        ("container/*/tail-*", "container/logs/tail-zero", true), ("container/*", "container/logs/tail", false),
        ("container/**", "container/logs/tail", true), ("**", "a/b/c", true), ("*/run/?", "container/run/x", true),
        ("container/logs/tail", "container/logs/tail", true),
    ])
    func globs(pattern: String, id: String, matches: Bool) {
        #expect(Glob(pattern).matches(id) == matches)
    }

    @Test func theOrderFollowsFromTheSeed() throws {
        let documents = try (0..<20).map { try Runs.probing("system/c\($0)") }
        let first = CheckRun.order(documents, seed: 1).map(\.id)
        #expect(first == CheckRun.order(documents.reversed(), seed: 1).map(\.id))
        #expect(first != CheckRun.order(documents, seed: 2).map(\.id))
        #expect(Set(first) == Set(documents.map(\.id)))
    }

    @Test func casesWithALongLimitComeFirstAndExclusiveOnesLast() throws {
        let documents = try [
            Runs.probing("system/a"), Runs.probing("system/alone", extra: "exclusive: true\ntimeout: 300s"),
            Runs.probing("system/long", extra: "timeout: 120s"), Runs.probing("system/b"),
            Runs.probing("system/longer", extra: "timeout: 200s"),
        ]
        for seed in UInt64(0)..<5 {
            let order = CheckRun.order(documents, seed: seed).map(\.id)
            #expect(order.prefix(2) == ["system/longer", "system/long"])
            #expect(order.last == "system/alone")
        }
    }

    @Test(arguments: [
        (#"{"Platform":{"Name":""},"Components":[{"Name":"Engine","Version":"28.5.2+dfsg4"}]}"#, "docker-28.5"),
        (
            #"{"Platform":{"Name":"linux/amd64"},"Components":[{"Name":"Podman Engine","Version":"4.3.1"}]}"#,
            "podman-4.3"
        ),
        (#"{"Components":[{"Name":"conmon","Version":"2"},{"Name":"Podman Engine","Version":"5.8.6"}]}"#, "podman-5.8"),
        (#"{"Platform":{"Name":"Docker Engine - Community"},"Version":"20.10.24"}"#, "docker-20.10"),
        (#"{"Platform":{"Name":"My Shim"},"Version":"1.2.3"}"#, "my-shim-1.2"),
    ])
    func products(body: String, name: String) throws {
        #expect(Product.detect(version: try JSONValue.parse(body)).description == name)
    }

    @Test func credentialsAreMaskedAndSizesStay() {
        let text =
            "POST /auth HTTP/1.1\r\nX-Registry-Auth: c2VjcmV0\r\nHost: h\r\n\r\n{\"username\":\"u\",\"Password\": \"s\\\"x\"}"
        let masked = String(decoding: Redaction.masked(Array(text.utf8)), as: UTF8.self)
        #expect(masked.utf8.count == text.utf8.count)
        #expect(masked.contains("X-Registry-Auth: ********\r\n"))
        #expect(masked.contains("\"Password\": \"****\"}"))
        #expect(masked.contains("\"username\":\"u\""))
    }

    @Test func rawRequestsAreKeptToTheCase() throws {
        let token = RunIdentity(run: "r").caseIdentity(id: "a/b", attempt: 0)
        let isolation = RequestIsolation(token: token)
        let body = isolation.body(
            Array(#"{"Image":"x","Labels":{"a":"b"}}"#.utf8), method: "POST", target: "/v1.51/containers/create?name=x")
        let labels = try JSONValue.parse(body)["Labels"]
        #expect(labels?["a"]?.string == "b")
        #expect(labels?[RunIdentity.caseLabel]?.string == token.text)
        let target = isolation.target("/v1.51/containers/json?all=1", method: "GET")
        #expect(target.hasPrefix("/v1.51/containers/json?all=1&filters=%7B%22label%22"))
        #expect(isolation.target("/info", method: "GET") == "/info")
        #expect(isolation.body([0x7B], method: "POST", target: "/containers/create") == [0x7B])
    }

    @Test func attemptsHaveNamesOfTheirOwn() {
        let identity = RunIdentity(run: "r")
        let first = identity.caseIdentity(id: "a/b", attempt: 0)
        #expect(first.name("web") != identity.caseIdentity(id: "a/b", attempt: 1).name("web"))
        #expect(first.name("my-web_Server") == "drydock-\(first.text)-my-web-server")
    }

    /// Goal: `check --clean` takes nothing by its name that a run did not name.
    @Test(arguments: [
        ("drydock-k3f09sl4-0x8d3ncm-web", true), ("drydock-k3f09sl4-0x8d3ncm-my-web-server", true),
        ("drydock-notes", false), ("drydock-k3f09sl4-0x8d3ncm", false), ("drydock-k3f09sl4-0x8d3ncm-", false),
        ("drydock-database-frontend-1", false), ("drydock-K3F09SL4-0x8d3ncm-web", false),
        ("drydock-backup-database-1", false),
        ("my-drydock-k3f09sl4-0x8d3ncm-web", false),
    ])
    func namesOfOurs(name: String, isOurs: Bool) {
        #expect(CaseToken.isName(name) == isOurs)
        #expect(CaseToken.isName(RunIdentity.fresh().caseIdentity(id: "a/b", attempt: 3).name("web")))
    }

    @Test(arguments: [("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("\u{3F}\u{3F}\u{3F}\u{7E}", "Pz8_fg==")])
    func base64url(text: String, encoded: String) {
        #expect(Base64URL.encoded(Array(text.utf8)) == encoded)
    }

    @Test(arguments: [
        (Duration.milliseconds(340), "340 ms"), (.milliseconds(11_400), "11.4 s"), (.seconds(125), "2 min 5 s"),
    ])
    func durations(duration: Duration, text: String) {
        #expect(TerminalText.seconds(duration) == text)
    }
}
