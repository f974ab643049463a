import DockerAPI
import DockerClient
import Foundation
import RawJSON
import TestSupport
import Testing

/// Goal: a daemon killed at any instant loses and doubles nothing, and leaks nothing. Method: SIGKILL at random instants
/// of a load, an audit after each restart, and a search of the host at the end.
///
/// `DRYDOCK_CRASHES` is how often (12), `DRYDOCK_CRASH_SEED` repeats a run's instants and choices.
@Suite(.serialized, .enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(60)))
struct CrashTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let crashes = environment["DRYDOCK_CRASHES"].flatMap { Int($0) } ?? 12
    private static let seed =
        environment["DRYDOCK_CRASH_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000)

    @Test func nothingIsLostDoubledOrLeaked() async throws {
        let daemon = try RuntimeDaemon()
        do {
            try await crash(daemon)
            try await leaveNothing(daemon)
        } catch {
            Issue.record("seed \(Self.seed): \(error); the daemon's last words: \(daemon.lastWords)")
            daemon.kill()
            // Whatever went wrong, the host is left as it was.
            try daemon.cleanUp()
        }
        daemon.end()
    }

    private func crash(_ daemon: RuntimeDaemon) async throws {
        var random = SeededGenerator(seed: Self.seed)
        let ledger = Ledger()
        try daemon.start()
        try await daemon.importImage()
        for number in 1...Self.crashes {
            let load = CrashLoad(daemon: daemon, ledger: ledger)
            let instant = Duration.milliseconds(Int.random(in: 2...500, using: &random))
            let seeds = (0..<4).map { _ in random.next() }
            await withTaskGroup { group in
                for seed in seeds { group.addTask { await load.work(seed) } }
                // The instant is the experiment itself; nothing waits for it to have been long enough.
                try? await Task.sleep(for: instant)
                ledger.isKilling = true
                daemon.kill()
            }
            ledger.isKilling = false
            try daemon.start()
            let isLast = number == Self.crashes
            let audit = CrashAudit(
                daemon: daemon, ledger: ledger, mark: "seed \(Self.seed), kill \(number) after \(instant)")
            try await audit.run(keeping: isLast ? 0 : 6)
        }
        #expect(ledger.all.isEmpty)
        #expect(ledger.count >= 3 * Self.crashes, "too little was going on to call this a load")
    }

    private func leaveNothing(_ daemon: RuntimeDaemon) async throws {
        let all = try await daemon.call("GET", "/containers/json", query: [("all", "1")]).checked().json()
        #expect(all.array?.count == 0)
        _ = try await daemon.call("DELETE", "/images/\(RuntimeDaemon.image)").checked()
        daemon.kill()
        try daemon.cleanUp()
        #expect(try HostTraces.left(by: daemon) == [])
        let files = try FileManager.default.subpathsOfDirectory(atPath: daemon.root).filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(daemon.root)/\(path)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        let own: Set = ["daemon.lock", "engine-id", "network/network.json", "images/references.json"]
        #expect(files.filter { !own.contains($0) } == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: daemon.root + "/containers") == [])
    }
}
