import RawJSON
import Synchronization
import TestSupport
import Testing

@testable import Conformance

/// Goal: what `GET /info` does not say is found out by running a container, and says why a case is skipped.
@Suite struct ProbeTests {
    /// What a run of one case with a need came to, and its report.
    private func check(_ daemon: FakeDaemon, needs: String, image: String) async throws -> (RunSummary, String) {
        let report = try TestDirectory.make() + "/report.tap"
        let document = try Runs.document("system/a", needs: needs, steps: "```http\nGET /probe\n200\n```")
        let summary = try await Runs.run(daemon, [document]) {
            $0.images.replacements = [image: "base"]
            $0.reports = [ReportRequest(kind: .tap, path: report)]
        }
        return (summary, try String(contentsOfFile: report, encoding: .utf8))
    }

    /// What every daemon here has: the image that is given, the case's own request, removals that work.
    private static func common(_ request: FakeDaemon.Request) -> FakeDaemon.Reply? {
        switch (request.method, request.path) {
        case ("GET", "/probe"): .json(#"{"Held":true}"#)
        case ("GET", "/images/base/json"): .json(#"{"Id":"sha256:1"}"#)
        case ("POST", "/commit"): .json(#"{"Id":"sha256:2"}"#, status: 201)
        case ("DELETE", _): .text("", status: 204)
        default: nil
        }
    }

    /// Goal: only an endpoint that starts the same container without privileges is without the feature.
    @Test(arguments: [(plainStarts: true, skipped: 1), (plainStarts: false, skipped: 0)])
    func skipsPrivilegedCasesWhereNoneStarts(plainStarts: Bool, skipped: Int) async throws {
        let daemon = try FakeDaemon { request in
            switch (request.method, request.path) {
            case ("POST", "/containers/create"):
                let isPrivileged = String(decoding: request.body, as: UTF8.self).contains(#""Privileged":true"#)
                return .json(isPrivileged ? #"{"Id":"mighty"}"# : #"{"Id":"plain"}"#, status: 201)
            case ("POST", "/containers/mighty/start"):
                return .json(#"{"message":"unable to apply caps"}"#, status: 500)
            case ("POST", "/containers/plain/start"):
                return plainStarts ? .text("", status: 204) : .json(#"{"message":"no cgroup"}"#, status: 500)
            default: return Self.common(request)
            }
        }
        let (summary, report) = try await check(daemon, needs: "feature privileged", image: "busybox")
        #expect(summary.count(.skip) == skipped)
        #expect(summary.count(.pass) == 1 - skipped)
        #expect(report.contains("cannot start a privileged container: unable to apply caps") == (skipped == 1))
    }

    /// Goal: published ports are judged only where our own container answers behind one, not another server of this
    /// machine that happens to have the same port.
    @Test(arguments: [true, false])
    func skipsPublishedPortsThatAreNotReached(answers: Bool) async throws {
        let hostname = Mutex("")
        let listener = try ScriptedServer(.loopback) { connection in
            try connection.readHead()
            let body = #"{"hostname":"\#(answers ? hostname.withLock { $0 } : "other")"}"#
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }
        defer { listener.stop() }
        let port = try #require(listener.endpoint.split(separator: ":").last)
        let daemon = try FakeDaemon { request in
            switch (request.method, request.path) {
            case ("POST", "/containers/create"):
                let name = (try? JSONValue.parse(request.body))?["Hostname"]?.string
                hostname.withLock { $0 = name ?? $0 }
                return .json(#"{"Id":"listener"}"#, status: 201)
            case ("POST", "/containers/listener/start"): return .text("", status: 204)
            case ("GET", "/containers/listener/json"):
                return .json(#"{"NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"\#(port)"}]}}}"#)
            default: return Self.common(request)
            }
        }
        let (summary, report) = try await check(daemon, needs: "published ports", image: "probe")
        #expect(summary.count(.pass) == (answers ? 1 : 0))
        #expect(summary.count(.skip) == (answers ? 0 : 1))
        #expect(report.contains("not reached from here (127.0.0.1:\(port): somebody else answers)") == !answers)
        #expect(report.contains("`peer exec NAME -- drydock check …`") == !answers)
    }
}
