import DockerAPI
import DockerClient
import RawJSON
import Scenario
import TestSupport
import Testing

@testable import Conformance

/// Goal: a mutation alters what it says and nothing else, and a run of mutations tells which the suite objects to.
@Suite struct MutationTests {
    static let info = MutatedOperations("info", "GET /info")
    static let list = MutatedOperations("ps", "GET /containers/json")

    /// Sends one request through the proxy.
    private static func answer(
        _ mutation: Mutation, _ reply: FakeDaemon.Reply, _ request: EngineRequest = EngineRequest("GET", "/info")
    ) async throws -> (EngineResponse, altered: Int, requests: [String]) {
        let daemon = try FakeDaemon { $0.path == "/_ping" ? nil : reply }
        let folder = try TestDirectory.make()
        let (proxy, relay) = try MutatingProxy.listen(
            path: "\(folder)/m.sock", to: try .init(parsing: daemon.endpoint), as: mutation)
        defer { relay.close() }
        let client = try DockerClient(configuration: .init(endpoint: try .init(parsing: relay.host)))
        return (try await client.send(request), proxy.altered, daemon.requests.filter { !$0.contains("_ping") })
    }

    /// What docker's CLI writes where nothing was said must not count as ignored; a set of one port or path must.
    @Test(arguments: [
        (#"{"EndpointsConfig":{}}"#, true), (#"{"Name":"no","MaximumRetryCount":0}"#, true),
        (#"{"EndpointsConfig":{"default":{"IPAMConfig":null,"Links":null}}}"#, true), (#"{}"#, true),
        (#"{"80/tcp":{}}"#, false), (#"{"/data":{}}"#, false), (#"{"Name":"always"}"#, false),
    ])
    func anIgnoredMemberHasToAskForSomething(text: String, isNothing: Bool) throws {
        #expect(try JSONValue.parse(Array(text.utf8)).asksForNothing == isNothing)
    }

    @Test func theTableNamesOperationsOfTheAPIAndNoMutationTwice() {
        let known = Set(EngineOperation.all.map(\.operation))
        for mutation in Mutation.all { #expect(mutation.operations.isSubset(of: known), "\(mutation.name)") }
        let names = Dictionary(grouping: Mutation.all, by: \.name).filter { $0.value.count > 1 }.keys.sorted()
        #expect(names == [])
    }

    @Test(arguments: [
        (info.missing("State.Pid"), #"{"State":{"Status":"running"}}"#),
        (info.null("State"), #"{"State":null}"#),
        (info.mistyped("State.Pid"), #"{"State":{"Status":"running","Pid":"7"}}"#),
        (info.renamed("State.Pid", to: "PID"), #"{"State":{"Status":"running","PID":7}}"#),
        (info.value("State.*", 1, "one"), #"{"State":{"Status":1,"Pid":1}}"#),
        (info.emptied("State"), #"{"State":{}}"#),
        (list.missing("State"), #"{"State":{"Status":"running","Pid":7}}"#),
    ])
    func documents(mutations: [Mutation], text: String) async throws {
        let mutation = try #require(mutations.first)
        let (response, altered, _) = try await Self.answer(
            mutation, .json(#"{"State":{"Status":"running","Pid":7}}"#))
        #expect(try response.json().text() == text)
        #expect(altered == (mutation.operations == Self.info.operations ? 1 : 0))
    }

    @Test func elementsOfListsAreEditedOneByOne() async throws {
        var value = try JSONValue.parse(Array(#"[{"A":1,"B":[2]},{"B":[]}]"#.utf8))
        #expect(JSONPlace("*.B.*").edit(&value) { _ in .replace("x") })
        #expect(value.text() == #"[{"A":1,"B":["x"]},{"B":[]}]"#)
        #expect(!JSONPlace("*.C").edit(&value) { _ in .remove })
    }

    @Test func headsAreAltered() async throws {
        let status = try #require(Self.info.status(200, 201).first)
        #expect(try await Self.answer(status, .json("{}")).0.status == 201)
        let header = try #require(Self.info.header(missing: "X-Told").first)
        var reply = FakeDaemon.Reply.json("{}")
        reply.headers.append(("X-Told", "1"))
        #expect(try await Self.answer(header, reply).0.head.first("X-Told") == nil)
    }

    @Test func optionsAreKeptFromTheDaemon() async throws {
        let request = EngineRequest("GET", "/containers/json", query: [("all", "1"), ("limit", "2")])
        let ignoring = try #require(Self.list.ignoring("limit").first)
        #expect(try await Self.answer(ignoring, .json("[]"), request).requests == ["GET /containers/json?all=1"])
        let create = try #require(MutatedOperations("create", "POST /containers/create").ignoring(body: "A.B").first)
        let seen = try await Self.answer(
            create, .json("{}"), EngineRequest("POST", "/containers/create", body: .json(["A": ["B": 1, "C": 2]])))
        #expect(seen.altered == 1)
    }

    @Test func aRequestMayNeverReachTheDaemon() async throws {
        let undone = try #require(Self.info.undone(200, ["Done": true]).first)
        let (response, altered, requests) = try await Self.answer(undone, .json("{}"))
        #expect(try response.json().text() == #"{"Done":true}"#)
        #expect(altered == 1)
        #expect(requests == [])
    }

    @Test func messagesAndFramesAreAlteredOneByOne() async throws {
        let lost = try #require(
            Self.info.messages("lost", "loses B") { value, _ in value["B"] == nil ? nil : [] }.first)
        #expect(try await Self.answer(lost, .json("{\"A\":1}\n{\"B\":2}\n")).0.body == Array("{\"A\":1}\n".utf8))
        let frames = [StreamFrame(channel: .stdout, payload: [65]), StreamFrame(channel: .stderr, payload: [66])]
        var reply = FakeDaemon.Reply.text(String(decoding: frames.flatMap(\.encoded), as: UTF8.self))
        reply.headers = [("Content-Type", "application/vnd.docker.multiplexed-stream")]
        let raw = try #require(Self.info.frames("raw", "") { frame, _ in frame.payload }.first)
        #expect(try await Self.answer(raw, reply).0.body == [65, 66])
    }

    @Test(arguments: [
        (Mutation.Delivery.lateHead, "0123456789"), (.atTheEnd, "0123456789"), (.shortened, "012345"),
    ])
    func answersAreDeliveredBadly(delivery: Mutation.Delivery, body: String) async throws {
        let mutation = try #require(Self.info.delivered(delivery, "badly", "").first)
        let (response, altered, _) = try await Self.answer(mutation, .text("0123456789"))
        #expect(String(decoding: response.body, as: UTF8.self) == body)
        #expect(altered == 1)
    }

    /// Goal: a mutation is caught by the case that asserts what it alters, missed where none does, idle where nothing is
    /// asked.
    @Test(arguments: [
        (info.value("Held", false, "false"), MutationResult.Verdict.caught),
        (info.missing("Other"), .missed), (info.missing("Absent"), .idle), (list.missing("*.Id"), .idle),
    ])
    func runs(mutations: [Mutation], verdict: MutationResult.Verdict) async throws {
        let daemon = try FakeDaemon { $0.path == "/info" ? .json(#"{"OSType":"linux","Held":true,"Other":1}"#) : nil }
        let client = try DockerClient(configuration: .init(endpoint: try .init(parsing: daemon.endpoint)))
        var options = MutationOptions()
        options.images.folder = "/nonexistent"
        let run = MutationRun(
            client: client,
            documents: [try Runs.probing("system/a", "/info"), try Runs.probing("system/departs", "/version")],
            options: options)
        let result = try #require(try await run.run(mutations) { _ in }.first)
        #expect(result.verdict == verdict)
        #expect(result.objections.map(\.identity.id) == (verdict == .caught ? ["system/a"] : []))
        #expect(MutationText.line(result).hasPrefix(verdict.rawValue))
    }

    @Test func anUnknownNameIsRefused() {
        #expect(throws: CatalogError.self) { try Mutation.named(["no/such/*"]) }
    }
}
