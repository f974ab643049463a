import Foundation
import Testing

/// The suite itself, replayed on real daemons installed from Debian's packages: every case must end as expected there.
@Suite("the suite on real daemons", .serialized, .enabled(if: geteuid() == 0, "a private real daemon needs root"))
struct PeerTests {
    /// Goal: no verdict departs from the product's expectation file. The replay's own report is what a failure shows.
    @Test("every case ends as expected", arguments: ["docker-20.10", "podman-4.3"])
    func everyCaseEndsAsExpected(product: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let replay = Process()
        replay.executableURL = root.appending(path: "scripts/replay-on-peer")
        replay.arguments = [product, "-j", "4"]
        replay.environment = ProcessInfo.processInfo.environment.merging(
            ["DRYDOCK": try executable().path], uniquingKeysWith: { _, ours in ours })
        try replay.run()
        replay.waitUntilExit()
        #expect(replay.terminationStatus == 0, "the replay on \(product) ended with \(replay.terminationStatus)")
    }

    /// `drydock` stands beside the test executable in the build folder.
    private func executable() throws -> URL {
        let tests = URL(filePath: try #require(CommandLine.arguments.first))
        let executable = tests.deletingLastPathComponent().appending(path: "drydock")
        try #require(
            FileManager.default.isExecutableFile(atPath: executable.path), "no \(executable.path); run swift build first")
        return executable
    }
}
