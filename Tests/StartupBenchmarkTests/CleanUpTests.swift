import DockerAPI
import DockerClient
import Synchronization
import TestSupport
import Testing

@testable import StartupBenchmark

/// Goal: what a benchmark leaves running goes at once, whatever it makes of SIGTERM. Method: a daemon that writes down what
/// it was asked, with one container that runs and one that does not any more.
@Suite struct CleanUpTests {
    private struct NoImages: BenchmarkImages {
        func reference(_ image: String) -> String { image }
        func pullReference(_ image: String) throws -> (name: String, tag: String) { (image, "latest") }
        func provide(_ image: String, to client: DockerClient) async throws {}
        func withdraw(_ image: String?, from client: DockerClient) async throws {}
    }

    @Test func whatRunsIsKilledBeforeItIsRemoved() async throws {
        let asked = Mutex<[String]>([])
        let daemon = try ScriptedServer { connection in
            while let head = try? connection.readHead() {
                let words = head.split(separator: " ").map(String.init)
                let path = words[1].split(separator: "?")[0].split(separator: "/").suffix(2).joined(separator: "/")
                asked.withLock { $0.append("\(words[0]) \(path)") }
                try connection.write(Self.answer(to: "\(words[0]) \(path)"))
            }
        }
        let client = try DockerClient(configuration: .init(endpoint: EndpointURL(parsing: daemon.endpoint)))
        let sampler = EndpointSampler(
            name: "scripted", client: client, storage: nil, images: NoImages(), commandLine: [])
        try await sampler.cleanUp()
        for id in ["runs", "ended"] {
            let requests = asked.withLock { $0.filter { $0.contains(id) } }
            #expect(requests == ["POST \(id)/kill", "DELETE containers/\(id)"])
        }
        #expect(daemon.scriptFailures.isEmpty)
    }

    private static func answer(to request: String) -> String {
        let (status, body) =
            switch request {
            case "GET containers/json": ("200 OK", #"[{"Id":"runs"},{"Id":"ended"}]"#)
            case "POST ended/kill": ("409 Conflict", #"{"message":"container ended is not running"}"#)
            default: ("200 OK", "")
            }
        return "HTTP/1.1 \(status)\r\nApi-Version: 1.51\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}
