import DockerAPI
import DockerClient
import Scenario
import TestSupport
import Testing

@testable import Conformance

/// Runs of small scenarios against a daemon in miniature.
enum Runs {
    /// A scenario that a test writes: front matter in place, the steps as given.
    static func document(_ id: String, needs: String = "", extra: String = "", steps: String) throws -> ScenarioDocument
    {
        let text = """
            ---
            id: \(id)
            title: The case \(id)
            level: must
            since: "1.24"
            covers: [GET /info]
            needs: [\(needs)]
            sources: [Engine API 1.51 SystemInfo]
            \(extra)
            ---
            It holds.

            \(steps)

            """
        return try ScenarioDocument.parse(text, file: "\(id).md", expectedID: id)
    }

    /// A scenario with one request whose status is 200.
    static func probing(_ id: String, _ target: String = "/probe", extra: String = "") throws -> ScenarioDocument {
        try document(id, extra: extra, steps: "```http\nGET \(target)\n200\n{ \"Held\": true }\n```")
    }

    /// What came of a run: its summary, and the results as the NDJSON report tells them.
    static func run(
        _ daemon: FakeDaemon, _ documents: [ScenarioDocument], _ adjust: (inout CheckOptions) -> Void = { _ in }
    ) async throws -> RunSummary {
        var options = CheckOptions()
        options.images.folder = "/nonexistent"
        options.terminal = TerminalCapabilities(redraws: false, colours: false, columns: 100)
        options.reports = []
        adjust(&options)
        let client = try DockerClient(
            configuration: .init(endpoint: try EndpointURL(parsing: daemon.endpoint)))
        return try await CheckRun(client: client, documents: documents, options: options, suite: "test", screen: nil)
            .run()
    }
}
