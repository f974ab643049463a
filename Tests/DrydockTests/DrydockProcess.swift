import Foundation
import TestSupport
import Testing

/// `drydock` as a person starts it, with no endpoint but the one that its arguments name.
final class DrydockProcess {
    struct End {
        let code: Int32
        let output: String
        let error: String
    }

    private let process = Process()
    private let folder: URL

    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        folder = URL(filePath: try TestDirectory.make())
        let tests = URL(filePath: try #require(CommandLine.arguments.first))
        process.executableURL = tests.deletingLastPathComponent().appending(path: "drydock")
        process.arguments = arguments
        process.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "HOME": folder.path,
            "DRYDOCK_SCENARIOS": try Self.scenarios(in: folder),
        ].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try file("output")
        process.standardError = try file("error")
        try process.run()
    }

    /// Waits for the end.
    func end() throws -> End {
        process.waitUntilExit()
        return End(
            code: process.terminationStatus,
            output: try String(contentsOf: folder.appending(path: "output"), encoding: .utf8),
            error: try String(contentsOf: folder.appending(path: "error"), encoding: .utf8))
    }

    func interrupt() { process.interrupt() }

    private func file(_ name: String) throws -> FileHandle {
        let url = folder.appending(path: name)
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }

    /// A suite of one case, which asks for `/probe`.
    private static func scenarios(in folder: URL) throws -> String {
        let area = folder.appending(path: "scenarios/system")
        try FileManager.default.createDirectory(at: area, withIntermediateDirectories: true)
        try Data(scenario.utf8).write(to: area.appending(path: "probe.md"))
        return folder.appending(path: "scenarios").path
    }

    static let scenario = """
        ---
        id: system/probe
        title: The probe answers
        level: must
        covers: [GET /info]
        sources: [Engine API 1.51]
        ---
        It does.

        ```http
        GET /probe
        200
        { "Held": true }
        ```

        """
}
