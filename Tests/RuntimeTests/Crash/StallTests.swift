import DockerClient
import Foundation
import RawJSON
import Testing

/// Goal: a daemon that stands still costs a container's log nothing. Method: SIGSTOP with a client attached, so that the
/// monitor has output it cannot hand on when its container ends.
@Suite(.serialized, .enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(2)))
struct StallTests {
    @Test func theLogIsWholeThoughTheDaemonStoodStill() async throws {
        try await RuntimeDaemon.with { daemon in
            // More than the daemon's socket has room for, less than that and a pipe: so the container comes to its end.
            let lines = 600
            let id = try await daemon.create(
                RuntimeDaemon.body(["/bin/probe", "log", "--lines", "\(lines)", "--bytes", "100", "--rate", "1000"]))
            let attached = try await daemon.client.open(
                EngineRequest("POST", "/containers/\(id)/attach", query: [("stream", "1"), ("stdout", "1")])
            ).checked()
            try await daemon.start(id)
            kill(daemon.pid, SIGSTOP)
            let hasEnded = try await exitRecord(of: id, in: daemon)
            kill(daemon.pid, SIGCONT)
            #expect(hasEnded, "the monitor waits for the daemon")
            #expect(try await daemon.wait(id) == 0)
            #expect(try await daemon.logs(id).output.split(separator: "\n").count == lines)
            await attached.close()
            try await daemon.remove(id)
        }
    }

    /// A stop without a limit whose signal the process does not hear; the end of `with` says where the daemon does not end.
    @Test func theDaemonEndsThoughAStopWaitsForEver() async throws {
        try await RuntimeDaemon.with { daemon in
            let id = try await daemon.create(RuntimeDaemon.body(["/bin/probe", "sleep"]))
            try await daemon.start(id)
            let events = try await daemon.client.open(
                EngineRequest(
                    "GET", "/events", query: [("filters", #"{"event":["kill"]}"#)], bodyDeadline: .seconds(20))
            ).checked()
            async let _ = daemon.call("POST", "/containers/\(id)/stop", query: [("t", "-1"), ("signal", "URG")])
            // From here on it waits for the process, with the container in its hands.
            for try await _ in events { break }
            await events.close()
            // Cancelled here; the daemon goes on with it, as dockerd does.
        }
    }

    /// Whether the monitor writes its exit record within 20 s.
    private func exitRecord(of id: String, in daemon: RuntimeDaemon) async throws -> Bool {
        for _ in 0..<200 {
            if FileManager.default.fileExists(atPath: "\(daemon.root)/containers/\(id)/run/exit") { return true }
            try await Task.sleep(for: .milliseconds(100))
        }
        return false
    }
}
