import DockerAPI
import DockerClient
import Synchronization
import TestSupport
import Testing

@testable import Conformance

/// Goal: what a run that was killed has left behind goes, and nothing else does.
@Suite struct CleanerTests {
    /// A listing of two objects of ours, by label and by name, and two of somebody else's.
    private static func listing(_ name: (String) -> String) -> String {
        let objects = [
            #"{"Id":"ours-by-label",\#(name("any")),"Labels":{"io.drydock.run":"k3f09sl4"}}"#,
            #"{"Id":"ours-by-name",\#(name("drydock-k3f09sl4-0x8d3ncm-web")),"Labels":null}"#,
            #"{"Id":"others-unnamed",\#(name("web")),"Labels":{"com.example":"io.drydock.run"}}"#,
            #"{"Id":"others-alike",\#(name("drydock-database-frontend-1")),"Labels":{}}"#,
        ]
        return "[\(objects.joined(separator: ","))]"
    }

    /// What a daemon with these objects lists; each object goes when it is removed, unless it is `stuck`.
    private static func daemon(stuck: String = "") throws -> FakeDaemon {
        let removed = Mutex<Set<String>>([])
        return try FakeDaemon { request in
            if request.method == "DELETE" {
                let name = request.path.split(separator: "/").last.map(String.init) ?? ""
                guard name != stuck else { return .json(#"{"message":"device busy"}"#, status: 500) }
                removed.withLock { _ = $0.insert("\(request.path.split(separator: "/")[0])/\(name)") }
                return .text("", status: 204)
            }
            let kind = request.path.split(separator: "/").first.map(String.init) ?? ""
            let gone = removed.withLock { $0 }.filter { $0.hasPrefix("\(kind)/ours") || kind == "volumes" }
            func list(_ text: String) -> String { gone.count >= 2 ? "[]" : text }
            switch (request.method, request.path) {
            case ("GET", "/containers/json"): return .json(list(listing { #""Names":["/\#($0)"]"# }))
            case ("GET", "/networks"): return .json(list(listing { #""Name":"\#($0)""# }))
            case ("GET", "/images/json"): return .json(list(listing { #""RepoTags":["\#($0):latest"]"# }))
            default: return nil
            }
        }
    }

    private static func clean(_ daemon: FakeDaemon) async throws -> (left: Int, said: [String]) {
        let said = Mutex<[String]>([])
        let client = try DockerClient(configuration: .init(endpoint: try EndpointURL(parsing: daemon.endpoint)))
        let left = try await Cleaner(client: client).clean { line in said.withLock { $0.append(line) } }
        return (left, said.withLock { $0 })
    }

    @Test func removesWhatIsOursAndNothingElse() async throws {
        let daemon = try Self.daemon()
        let (left, said) = try await Self.clean(daemon)
        #expect(left == 0)
        #expect(said.count == 6)
        #expect(said.allSatisfy { $0.hasPrefix("removed ") })
        let removals = daemon.requests.filter { $0.hasPrefix("DELETE ") }
        #expect(removals.count == 6)
        #expect(removals.allSatisfy { $0.contains("/ours-by-") })
    }

    @Test func saysWhatIsStillThere() async throws {
        let (left, said) = try await Self.clean(try Self.daemon(stuck: "ours-by-name"))
        #expect(left > 0)
        #expect(said.contains { $0.hasPrefix("still there: container ours-by-name") })
    }
}
