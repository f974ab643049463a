import DockerAPI
import DockerClient
import OCI
import RawJSON
import TestSupport
import Testing

/// Goal: whatever a client sends, the daemon answers and goes on. Method: requests with values nobody expects, to a
/// daemon with one running container; `DRYDOCK_FUZZ_SECONDS` and `DRYDOCK_FUZZ_SEED` as for the other fuzz tests.
@Suite(.serialized, .enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(30)))
struct RequestFuzzTests {
    @Test func everyRequestIsAnsweredAndTheDaemonLives() async throws {
        try await RuntimeDaemon.with { daemon in
            let fuzz = Fuzz()
            var odd = OddRequests(seed: fuzz.seed, archive: try await archive(daemon))
            var answers: [Int: Int] = [:]
            while fuzz.goesOn {
                try await restore(daemon)
                let request = odd.next()
                let status: Int
                do { status = try await answer(daemon, request) } catch {
                    Issue.record("seed \(fuzz.seed): \(odd.shown(request)): \(error); \(daemon.lastWords)")
                    return
                }
                answers[status, default: 0] += 1
            }
            #expect(answers.keys.contains { $0 < 300 } && answers[400] ?? 0 > 0, "seed \(fuzz.seed): \(answers)")
        }
    }

    /// Sends it, and asks whether the daemon still answers; what it made is removed again.
    private func answer(_ daemon: RuntimeDaemon, _ request: EngineRequest) async throws -> Int {
        let got = try await daemon.client.send(request)
        _ = try await daemon.call("GET", "/_ping").checked()
        if request.path == "/containers/create", got.status == 201 {
            let id = try #require(try got.json()["Id"]?.string)
            // Refused or not: only that it is answered is asked here.
            _ = try await daemon.call("POST", "/containers/\(id)/start")
            _ = try await daemon.call("DELETE", "/containers/\(id)", query: [("force", "1"), ("v", "1")])
        }
        if request.path.hasSuffix("/exec"), got.status == 201 {
            let id = try #require(try got.json()["Id"]?.string)
            _ = try await daemon.call("POST", "/exec/\(id)/start", json: ["Detach": true])
        }
        return got.status
    }

    /// The container that requests are about runs, under its name.
    private func restore(_ daemon: RuntimeDaemon) async throws {
        let name = OddRequests.subject
        let found = try await daemon.call("GET", "/containers/\(name)/json")
        if found.status == 200, try found.json()["State"]?["Status"]?.string == "running" { return }
        _ = try await daemon.call("DELETE", "/containers/\(name)", query: [("force", "1")])
        let id = try await daemon.create(RuntimeDaemon.body(["/bin/probe", "sleep"]), name: name)
        try await daemon.start(id)
    }

    private func archive(_ daemon: RuntimeDaemon) async throws -> [UInt8] {
        try TarArchive(members: [
            .init(TarEntry(path: "d/", kind: .directory, mode: 0o755)), .init(TarEntry(path: "d/f"), content: [1, 2]),
            .init(TarEntry(path: "d/l", kind: .symbolicLink(target: "f"))),
        ]).bytes()
    }
}
