import Synchronization
import TestSupport
import Testing

@testable import Conformance

/// Goal: each verdict is reached by the misbehaviour it stands for, and the exit code follows from it.
@Suite struct VerdictTests {
    static func daemon(_ reply: FakeDaemon.Reply) throws -> FakeDaemon {
        try FakeDaemon { $0.path == "/probe" ? reply : nil }
    }

    @Test func passes() async throws {
        let daemon = try Self.daemon(.json(#"{"Held":true}"#))
        let summary = try await Runs.run(daemon, [try Runs.probing("system/a"), try Runs.probing("system/b")])
        #expect(summary.counts == [.pass: 2])
        #expect(summary.exit() == .asExpected)
        #expect(summary.leftovers == [])
    }

    @Test func failsOnAWrongValue() async throws {
        let daemon = try Self.daemon(.json(#"{"Held":false}"#))
        let summary = try await Runs.run(daemon, [try Runs.probing("system/a")])
        #expect(summary.counts == [.fail: 1])
        #expect(summary.exit() == .departure)
    }

    @Test func failsOnAWrongStatusWithTheMessageInSight() async throws {
        let daemon = try Self.daemon(.json(#"{"message":"no such thing"}"#, status: 500))
        let report = try TestDirectory.make() + "/report.md"
        let summary = try await Runs.run(daemon, [try Runs.probing("system/a")]) {
            $0.reports = [ReportRequest(kind: .markdown, path: report)]
        }
        #expect(summary.counts == [.fail: 1])
        #expect(try String(contentsOfFile: report, encoding: .utf8).contains("no such thing"))
    }

    @Test func timesOutOnSilenceAndSaysOnWhat() async throws {
        let daemon = try Self.daemon(.silence)
        let report = try TestDirectory.make() + "/report.tap"
        var patience = Duration.milliseconds(300)
        // On a machine that has no time for it the first case may time out before it has asked.
        repeat {
            let summary = try await Runs.run(daemon, [try Runs.probing("system/a")]) {
                $0.timeout = patience
                $0.reports = [ReportRequest(kind: .tap, path: report)]
            }
            #expect(summary.counts == [.timeout: 1])
            #expect(summary.exit() == .departure)
            patience *= 4
        } while !daemon.requests.contains("GET /probe") && patience < .seconds(60)
        #expect(try String(contentsOfFile: report, encoding: .utf8).contains("the answer to GET /probe"))
    }

    @Test(arguments: [
        FakeDaemon.Reply.json(#"{"message":"not implemented"}"#, status: 501),
        FakeDaemon.Reply.json(#"{"message":"page not found"}"#, status: 404),
    ])
    func isUnsupportedWhereTheEndpointSaysSo(reply: FakeDaemon.Reply) async throws {
        let summary = try await Runs.run(try Self.daemon(reply), [try Runs.probing("system/a")])
        #expect(summary.counts == [.unsupported: 1])
        #expect(summary.exit() == .asExpected)
    }

    @Test func aMissingObjectIsAFailureNotAMissingRoute() async throws {
        let daemon = try Self.daemon(.json(#"{"message":"No such container: x"}"#, status: 404))
        let summary = try await Runs.run(daemon, [try Runs.probing("system/a")])
        #expect(summary.counts == [.fail: 1])
    }

    @Test func skipsOutsideTheVersionsOfThePromise() async throws {
        let daemon = try Self.daemon(.json(#"{"Held":true}"#))
        let old = try Runs.probing("system/old", extra: "until: \"1.40\"")
        let summary = try await Runs.run(daemon, [old])
        #expect(summary.counts == [.skip: 1])
        #expect(!daemon.requests.contains("GET /probe"))
    }

    @Test func skipsWhereANeedIsNotMet() async throws {
        let daemon = try Self.daemon(.json(#"{"Held":true}"#))
        let case1 = try Runs.document(
            "system/a", needs: "feature rootless", steps: "```http\nGET /probe\n200\n```")
        #expect(try await Runs.run(daemon, [case1]).counts == [.skip: 1])
    }

    /// Goal: a case whose attempts disagree is flaky, whether it was asked to be repeated or retried after a failure.
    @Test(arguments: [(repeats: 3, retries: 0, attempts: 3), (repeats: 1, retries: 2, attempts: 2)])
    func isFlakyWhereAttemptsDisagree(repeats: Int, retries: Int, attempts: Int) async throws {
        let calls = Mutex(0)
        let daemon = try FakeDaemon { request in
            guard request.path == "/probe" else { return nil }
            let call = calls.withLock { count in
                count += 1
                return count
            }
            return .json(call == 1 ? #"{"Held":false}"# : #"{"Held":true}"#)
        }
        let summary = try await Runs.run(daemon, [try Runs.probing("system/a")]) {
            $0.repeats = repeats
            $0.retries = retries
        }
        #expect(summary.counts == [.flaky: 1])
        #expect(summary.exit() == .departure)
        #expect(calls.withLock { $0 } == attempts)
    }

    @Test func aFailureThatIsExpectedIsNotRetried() async throws {
        let daemon = try Self.daemon(.json(#"{"Held":false}"#))
        let file = try TestDirectory.make() + "/expectations.yaml"
        let known = "- { case: system/a, verdict: fail, reason: known }\n"
        try known.write(toFile: file, atomically: true, encoding: .utf8)
        let summary = try await Runs.run(daemon, [try Runs.probing("system/a")]) {
            $0.retries = 2
            $0.expectations = .file(file)
        }
        #expect(summary.counts == [.xfail: 1])
        #expect(daemon.requests.filter { $0.hasPrefix("GET /probe") }.count == 1)
    }

    @Test func aBrokenConnectionIsADeparture() async throws {
        let daemon = try FakeDaemon { request in
            guard request.path == "/probe" else { return nil }
            return FakeDaemon.Reply(status: 200, headers: [("Transfer-Encoding", "gzip")], body: "x")
        }
        #expect(try await Runs.run(daemon, [try Runs.probing("system/a")]).counts == [.fail: 1])
    }

    @Test func failFastStartsNoFurtherCase() async throws {
        let daemon = try Self.daemon(.json(#"{"Held":false}"#))
        let documents = try (0..<5).map { try Runs.probing("system/c\($0)") }
        let summary = try await Runs.run(daemon, documents) { $0.failFast = true }
        #expect(summary.counts == [.fail: 1])
    }

    @Test func whatCannotBeRemovedIsReportedAndFailsTheRun() async throws {
        let labels = Mutex("{}")
        let daemon = try FakeDaemon { request in
            switch (request.method, request.path) {
            case ("POST", "/containers/create"):
                let body = String(decoding: request.body, as: UTF8.self)
                labels.withLock { $0 = String(body.drop { $0 != ":" }.dropFirst().dropLast()) }
                return .json(#"{"Id":"4f1c4f1c4f1c4f1c"}"#, status: 201)
            case ("GET", "/containers/json"):
                let known = labels.withLock { $0 }
                return .json(
                    ##"[{"Id":"4f1c4f1c4f1c4f1c","Names":["/stuck"],"Labels":\##(known)},"##
                        + ##"{"Id":"0000","Names":["/other"],"Labels":{"io.drydock.run":"another"}}]"##)
            case ("DELETE", _): return .json(#"{"message":"device busy"}"#, status: 500)
            default: return nil
            }
        }
        let steps = "```http\nPOST /containers/create\n\n{ \"Labels\": {} }\n\n201\n```"
        let summary = try await Runs.run(daemon, [try Runs.document("system/a", steps: steps)])
        #expect(summary.counts == [.pass: 1])
        #expect(summary.leftovers == ["container 4f1c4f1c4f1c (stuck)"])
        #expect(summary.exit() == .departure)
        // What another run made is not ours to remove.
        #expect(!daemon.requests.contains { $0.hasPrefix("DELETE /containers/0000") })
    }

    @Test func aKindThatCannotBeListedIsSaidToBeUnknown() async throws {
        let daemon = try FakeDaemon { request in
            switch request.path {
            case "/probe": .json(#"{"Held":true}"#)
            case "/networks": .json(#"{"message":"database is locked"}"#, status: 500)
            case "/volumes": .json(#"{"message":"page not found"}"#, status: 404)
            default: nil
            }
        }
        let summary = try await Runs.run(daemon, [try Runs.probing("system/a")])
        #expect(summary.counts == [.pass: 1])
        #expect(
            summary.leftovers == [
                "unknown networks, which cannot be listed: Error response from daemon: database is locked"
            ])
        #expect(summary.exit() == .departure)
    }

    @Test func cancellingCleansUpAndSaysSo() async throws {
        let (begun, signal) = AsyncStream.makeStream(of: Void.self)
        let daemon = try FakeDaemon { request in
            guard request.path == "/probe" else { return nil }
            var reply = FakeDaemon.Reply.silence
            reply.meanwhile = { signal.yield() }
            return reply
        }
        let work = Task { try await Runs.run(daemon, [try Runs.probing("system/a"), try Runs.probing("system/b")]) }
        for await _ in begun { break }
        work.cancel()
        let summary = try await work.value
        #expect(summary.interrupted)
        #expect(summary.exit() == .harness)
        #expect(summary.counts == [:])
        #expect(daemon.requests.contains { $0.hasPrefix("GET /containers/json?all=1") })
    }
}
