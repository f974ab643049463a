import Foundation
import Testing

/// The suite itself, replayed on real daemons installed from Debian's packages.
@Suite("the suite on real daemons", .serialized, .enabled(if: geteuid() == 0, "a private real daemon needs root"))
struct PeerTests {
    /// Goal: nothing departs from the product's expectation file. A case that fails and then passes when replayed is
    /// `flaky`: it tells of this machine's load and is reported, but is no departure.
    ///
    /// Podman 4.3 has races of its own (lost events, exit codes lost with `--rm`); the cases they touch are expected to be
    /// flaky, each by its name.
    @Test("every case ends as expected", arguments: ["docker-20.10", "podman-4.3"])
    func everyCaseEndsAsExpected(product: String) throws {
        let report = FileManager.default.temporaryDirectory.appending(path: "drydock-\(product)-\(getpid()).ndjson")
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: report) } }
        try replay(on: product, report: report)

        let summary = try Summary(lastLineOf: report)
        #expect(summary.product == product)
        summary.expectNoDeparture()
    }

    private func replay(on product: String, report: URL) throws {
        try Replay.run(
            Replay.root.appending(path: "scripts/replay-on-peer"),
            [product, "-j", "4", "--retries", "2", "--report", "ndjson=\(report.path)"],
            ["DRYDOCK": try Replay.executable().path])
    }
}

/// The suite itself, replayed on the runtime that `drydock check` brings along.
@Suite("the suite on the reference runtime", .serialized, .enabled(if: geteuid() == 0, "containers need root"))
struct ReferenceRuntimeTests {
    /// Goal: without any endpoint, `drydock check` starts a runtime of its own on which every case ends as expected.
    @Test("every case ends as expected") func everyCaseEndsAsExpected() throws {
        let report = FileManager.default.temporaryDirectory.appending(path: "drydock-own-\(getpid()).ndjson")
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: report) } }
        let drydock = try Replay.executable()
        try Replay.run(drydock, ["fixtures", "build"], [:])
        try Replay.run(
            drydock, ["check", "-j", "4", "--retries", "2", "--report", "ndjson=\(report.path)"],
            ["DOCKER_HOST": "", "DOCKER_CONTEXT": ""])
        let summary = try Summary(lastLineOf: report)
        #expect(summary.product.hasPrefix("drydock"))
        summary.expectNoDeparture()
    }
}

/// Starts a replay as a user would.
enum Replay {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func run(_ program: URL, _ arguments: [String], _ environment: [String: String]) throws {
        let replay = Process()
        replay.executableURL = program
        replay.arguments = arguments
        replay.currentDirectoryURL = root
        replay.environment = ProcessInfo.processInfo.environment.merging(environment) { _, ours in ours }
        // Dispatch blocks signals on its threads, and a daemon born with that mask hands it on to every container.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        try replay.run()
        replay.waitUntilExit()
    }

    /// `drydock` stands beside the test executable in the build folder.
    static func executable() throws -> URL {
        let tests = URL(filePath: try #require(CommandLine.arguments.first))
        let executable = tests.deletingLastPathComponent().appending(path: "drydock")
        try #require(
            FileManager.default.isExecutableFile(atPath: executable.path),
            "no \(executable.path); run swift build first")
        return executable
    }
}

/// The last line of an NDJSON report: counts by verdict, and what was left behind.
struct Summary {
    let product: String
    let counts: [String: Int]
    let leftovers: Int
    let interrupted: Bool

    init(lastLineOf report: URL) throws {
        let lines = try String(contentsOf: report, encoding: .utf8).split(separator: "\n")
        let line = try #require(lines.last, "the report is empty")
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        let summary = try #require(object?["summary"] as? [String: Any], "the last line is no summary")
        product = try #require(summary["product"] as? String)
        interrupted = try #require(summary["interrupted"] as? Bool)
        counts = summary.compactMapValues { $0 as? Int }
        leftovers = try #require(summary["leftovers"] as? [Any]).count
    }
    /// Nothing ended otherwise than the product's expectation file says, and nothing was left behind.
    func expectNoDeparture(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(!interrupted, "the replay was cut short; its output is above", sourceLocation: sourceLocation)
        #expect(
            counts["pass", default: 0] >= 100, "too few cases passed to call this a replay",
            sourceLocation: sourceLocation)
        let departures = ["fail", "timeout", "error"].reduce(0) { $0 + counts[$1, default: 0] }
        #expect(
            departures == 0, "\(departures) cases ended unexpectedly; they are named above",
            sourceLocation: sourceLocation)
        #expect(leftovers == 0, "something was left behind on the daemon", sourceLocation: sourceLocation)
    }
}
