import DockerAPI
import DockerClient
import RawJSON
import TestSupport
import Testing

/// Clients that create, start, read, stop and remove until the daemon is gone.
struct CrashLoad {
    let daemon: RuntimeDaemon
    let ledger: Ledger

    /// One client; returns when the daemon was killed under it.
    func work(_ seed: UInt64) async {
        var random = SeededGenerator(seed: seed)
        while !ledger.isKilling {
            do { try await oneLife(&random) } catch let error as EngineError {
                Issue.record("the daemon refused: \(error)")
                return
            } catch {
                // A connection that broke before the kill is the daemon's fault.
                if !ledger.isKilling { Issue.record("lost before the kill: \(error)") }
                return
            }
        }
    }

    private func oneLife(_ random: inout SeededGenerator) async throws {
        let plan = Self.plan(&random)
        let name = ledger.begin(plan)
        let usesBridge = Int.random(in: 0..<3, using: &random) == 0
        var host: JSONObject = ["NetworkMode": .string(usesBridge ? "bridge" : "none")]
        if usesBridge, Bool.random(using: &random) {
            host["PortBindings"] = ["80/tcp": [["HostIp": "127.0.0.1", "HostPort": ""]]]
        }
        let id = try await daemon.create(RuntimeDaemon.body(plan.command, host: host), name: name)
        ledger.change(name) { $0.id = id }
        ledger.change(name) { $0.created = .done }
        if Int.random(in: 0..<8, using: &random) == 0 { return }
        ledger.change(name) { $0.started = .asked }
        try await daemon.start(id)
        ledger.change(name) { $0.started = .done }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: _ = try await daemon.logs(id)
        case 1 where !plan.stays: #expect(try await daemon.wait(id) == plan.code, "\(name)")
        case 2 where plan.stays:
            ledger.change(name) { $0.stopped = .asked }
            _ = try await daemon.call("POST", "/containers/\(id)/stop", query: [("t", "10")]).checked()
            ledger.change(name) { $0.stopped = .done }
        default: return
        }
        guard Bool.random(using: &random), !plan.stays else { return }
        #expect(try await daemon.wait(id) == plan.code, "\(name)")
        ledger.change(name) { $0.removed = .asked }
        try await daemon.remove(id)
        ledger.change(name) { $0.removed = .done }
    }

    private static func plan(_ random: inout SeededGenerator) -> Ledger.Plan {
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1: .exit(Int64.random(in: 1...120, using: &random))
        case 2: .log(lines: Int.random(in: 1...3000, using: &random), rate: 0)
        case 3: .log(lines: Int.random(in: 50...400, using: &random), rate: 400)
        default: .stay(lines: Int.random(in: 1...500, using: &random))
        }
    }
}
