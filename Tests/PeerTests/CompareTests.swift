import Foundation
import Testing

/// Goal: `drydock bench --compare` ends with 1 where the samples say that something became worse, and only there.
/// Method: raw samples whose figures are known, compressed and not, and the real program; no daemon is asked.
@Suite struct CompareTests {
    private static let head =
        #"{"machine":"here","processors":2,"load":[0,0],"endpoints":[{"name":"d","description":""}],"#
        + #""workloads":[{"id":"w","file":{"title":"t"}}],"refusals":[]}"#

    private func samples(_ values: [Double]) -> String {
        let lines = values.enumerated().map { index, value in
            #"{"workload":"w","variant":"closed","endpoint":"d","index":\#(index),"began":1,"is":{"start":\#(value)}}"#
        }
        return ([Self.head] + lines).joined(separator: "\n") + "\n"
    }

    private func compare(_ new: [Double], with old: [Double], allowed: String = "10%") throws -> (Int32, String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-compare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let files = ["old", "new"].map { folder.appending(path: "\($0).ndjson").path }
        try samples(old).write(toFile: files[0], atomically: true, encoding: .utf8)
        try samples(new).write(toFile: files[1], atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = try Replay.executable()
        process.arguments = [
            "bench", "--merge", files[1], "--compare", files[0], "--max-regress", allowed, "--report",
            "ndjson=\(files[1]).gz",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    private static let base = (0..<30).map { 10 + Double($0 % 5) / 10 }

    @Test func aRegressionThatTheIntervalSupportsEndsWithOne() throws {
        let (code, text) = try compare(Self.base.map { $0 * 1.3 }, with: Self.base)
        #expect(code == 1)
        #expect(text.contains("worse: w (closed), start, d: 1.30× slower"))
    }

    @Test(
        arguments: [
            ("the same", base, "10%"), ("faster", base.map { $0 / 2 }, "10%"),
            ("slower by less than was allowed", base.map { $0 * 1.05 }, "10%"),
            ("slower, and allowed to be", base.map { $0 * 1.3 }, "50%"),
            ("slower in the middle, but anything between", (0..<30).map { $0 % 2 == 0 ? 9.0 : 14 }, "10%"),
            ("slower, but of too few samples", [20, 20, 20], "10%"),
        ])
    func whatIsNoRegressionEndsWithZero(name: String, samples: [Double], allowed: String) throws {
        let (code, text) = try compare(samples, with: Self.base, allowed: allowed)
        #expect(code == 0, "\(name): \(text)")
    }
}
