import DockerAPI
import DockerClient
import RawJSON
import TestSupport
import Testing

/// Compares what a daemon says after its restart with what was acknowledged before it was killed.
struct CrashAudit {
    let daemon: RuntimeDaemon
    let ledger: Ledger
    /// For messages: the seed and the kill.
    let mark: String

    /// Checks every container; what has ended is then removed, and all but a few of what stays is stopped.
    func run(keeping: Int) async throws {
        let listed = try await list()
        let entries = ledger.all
        #expect(Set(listed.map(\.name)).isSubset(of: Set(entries.map(\.name))), "\(mark): a container nobody asked for")
        #expect(Set(listed.map(\.name)).count == listed.count, "\(mark): a container is there twice")
        let kept = Set(entries.filter { $0.plan.stays && $0.stopped == .none }.prefix(keeping).map(\.name))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, entry) in entries.enumerated() {
                if index >= Self.width { try await group.next() }
                let id = listed.first { $0.name == entry.name }?.id
                group.addTask { try await settle(entry, id, mayStay: kept.contains(entry.name)) }
            }
            try await group.waitForAll()
        }
    }

    /// How many containers are looked at together.
    private static let width = 6

    private func settle(_ entry: Ledger.Entry, _ found: String?, mayStay: Bool) async throws {
        guard let id = check(entry, found) else { return ledger.forget(entry.name) }
        if entry.removed == .asked {
            let answer = try await daemon.call("DELETE", "/containers/\(id)", query: [("force", "1")])
            #expect(answer.status == 204 || answer.status == 404, "\(mark): \(entry.name) cannot be removed")
            return ledger.forget(entry.name)
        }
        if !(try await life(entry, id, mayStay: mayStay)) { ledger.forget(entry.name) }
    }

    /// - Returns: its ID, where it must or may be there and is.
    private func check(_ entry: Ledger.Entry, _ id: String?) -> String? {
        if entry.removed == .done {
            #expect(id == nil, "\(mark): \(entry.name) was removed and is back")
            return nil
        }
        if entry.created == .done, entry.removed == .none {
            #expect(id == entry.id, "\(mark): \(entry.name) was created and is lost, or is another")
        }
        return id
    }

    /// Follows one container to its end.
    ///
    /// - Returns: whether it stays for the next round.
    private func life(_ entry: Ledger.Entry, _ id: String, mayStay: Bool) async throws -> Bool {
        let state = try #require(try await daemon.inspect(id)["State"])
        let status = state["Status"]?.string ?? ""
        let what: Comment = "\(mark): \(entry.name) \(entry.plan) \(id) is \(status)"
        if status == "created" {
            #expect(entry.started != .done, what)
            // Had the unacknowledged start run it, these lines would come twice.
            _ = try await daemon.start(id)
        } else {
            #expect(entry.started != .none, what)
            #expect(["running", "exited"].contains(status), what)
        }
        if entry.plan.stays {
            if status == "exited" { #expect(entry.stopped != .none, what) }
            if entry.stopped == .done { #expect(status == "exited", what) }
            if status != "exited" {
                try await waitForLines(entry.plan.lines, of: id)
                try await checkLines(entry, id)
                if mayStay, entry.stopped == .none {
                    ledger.change(entry.name) { $0.created = .done }
                    ledger.change(entry.name) { $0.id = id }
                    ledger.change(entry.name) { $0.started = .done }
                    return true
                }
                _ = try await daemon.call("POST", "/containers/\(id)/stop", query: [("t", "10")]).checked()
            }
        }
        let code = try await daemon.wait(id)
        #expect(code == entry.plan.code, what)
        let end = try #require(try await daemon.inspect(id)["State"])
        #expect(end["Status"]?.string == "exited", what)
        #expect(end["ExitCode"]?.int64 == entry.plan.code, what)
        #expect(end["FinishedAt"]?.string?.hasPrefix("0001") == false, what)
        try await checkLines(entry, id)
        try await daemon.remove(id)
        return false
    }

    /// Lines 1 to N, each once, in order, and nothing else; a stop is heeded after the last only.
    private func checkLines(_ entry: Ledger.Entry, _ id: String) async throws {
        let lines = try await daemon.logs(id).output.split(separator: "\n")
        let wrong = lines.enumerated().first { $1 != "line \($0 + 1)" }
        if wrong == nil, lines.count == entry.plan.lines { return }
        Issue.record(
            "\(mark): \(entry.name) \(entry.plan): \(lines.count) lines of \(entry.plan.lines), first wrong \(String(describing: wrong))"
        )
    }

    /// Follows the log until the last line has come, or the container's end.
    private func waitForLines(_ count: Int, of id: String) async throws {
        let stream = try await daemon.client.open(
            EngineRequest(
                "GET", "/containers/\(id)/logs", query: [("stdout", "1"), ("follow", "1")], bodyDeadline: .seconds(20))
        ).checked()
        var text = ""
        for try await frame in stream.frames() {
            text += String(decoding: frame.payload, as: UTF8.self)
            if text.hasSuffix("line \(count)\n") { break }
        }
        await stream.close()
    }

    private func list() async throws -> [(name: String, id: String)] {
        let all = try await daemon.call("GET", "/containers/json", query: [("all", "1")]).checked().json()
        return try #require(all.array).map { container in
            let name = try #require(container["Names"]?[0]?.string)
            return (String(name.dropFirst()), try #require(container["Id"]?.string))
        }
    }
}
