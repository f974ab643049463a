import Foundation
import Synchronization
import TestSupport
import Testing

/// Goal: exit codes, reports and the end of an interrupted run, as a script or a person at a keyboard sees them.
@Suite struct CheckTests {
    @Test(arguments: [(true, 0), (false, 1)])
    func theExitCodeFollowsFromTheVerdicts(holds: Bool, code: Int32) throws {
        let daemon = try FakeDaemon { $0.path == "/probe" ? .json(#"{"Held":\#(holds)}"#) : nil }
        let end = try DrydockProcess(["check", "--host", daemon.endpoint]).end()
        #expect(end.code == code, "\(end.output)\(end.error)")
        #expect(end.output.contains("0 left behind"))
        #expect(!end.output.contains("\u{1B}"), "no colours in a pipe")
        if !holds { #expect(end.output.contains("again      drydock check system/probe --host \(daemon.endpoint) -v")) }
    }

    /// Goal: a report on standard output is alone there.
    @Test(arguments: [("tap", "TAP version 14\n"), ("ndjson", "{\"case\":"), ("junit", "<?xml"), ("markdown", "# ")])
    func aReportOnStandardOutput(kind: String, start: String) throws {
        let daemon = try FakeDaemon { $0.path == "/probe" ? .json(#"{"Held":true}"#) : nil }
        let end = try DrydockProcess(["check", "--host", daemon.endpoint, "--report", "\(kind)=-"]).end()
        #expect(end.code == 0)
        #expect(end.output.hasPrefix(start), "\(end.output)")
        #expect(end.error.contains("1 passed"))
    }

    @Test func theTranscriptShowsTheWire() throws {
        let daemon = try FakeDaemon { $0.path == "/probe" ? .json(#"{"Held":true}"#) : nil }
        let end = try DrydockProcess(["check", "-v", "--host", daemon.endpoint]).end()
        #expect(end.output.contains("> GET /v1.51/probe HTTP/1.1"), "\(end.output)")
        #expect(end.output.contains(#"< {"Held":true}"#), "\(end.output)")
    }

    /// Goal: Ctrl-C in the middle of a case ends the run with the exit code of the harness, says so, and still looks for
    /// what is left behind.
    @Test func anInterruptedRunCleansUpAndSaysSo() throws {
        let isAsked = DispatchSemaphore(value: 0)
        let daemon = try FakeDaemon { request in
            guard request.path == "/probe" else { return nil }
            var reply = FakeDaemon.Reply.silence
            reply.meanwhile = { isAsked.signal() }
            return reply
        }
        let run = try DrydockProcess(["check", "--host", daemon.endpoint])
        try #require(isAsked.wait(timeout: .now() + 30) == .success)
        let before = daemon.requests.count
        run.interrupt()
        let end = try run.end()
        #expect(end.code == 2)
        #expect(end.output.contains("interrupted"), "\(end.output)")
        #expect(end.output.contains("0 left behind"), "\(end.output)")
        #expect(daemon.requests.dropFirst(before).contains { $0.hasPrefix("GET /containers/json?all=") })
    }

    /// Goal: each way in which mutations end has its exit code: all caught 0, one missed 1.
    @Test(arguments: [("info/Held/missing", 2), ("info/NCPU/missing", 1)])
    func mutations(name: String, code: Int32) throws {
        let daemon = try FakeDaemon { $0.path == "/probe" ? .json(#"{"Held":true}"#) : nil }
        let end = try DrydockProcess(["mutate", name, "--host", daemon.endpoint]).end()
        #expect(end.code == code, "\(end.output)\(end.error)")
    }

    @Test func theVersion() throws {
        let end = try DrydockProcess(["--version"]).end()
        #expect(end.code == 0)
        #expect(end.output.hasPrefix("drydock "))
    }
}
