import Foundation
import Testing

/// Goal: docker-py, the client of most Python programs, drives the runtime. Method: `docker_py.py` in a virtual
/// environment of its own.
@Suite(.enabled(if: Machine.isRoot, Machine.why), .timeLimit(.minutes(5)))
struct DockerPyTests {
    private struct Ended {
        let code: Int32?
        let text: String
    }

    @Test func itsScriptRunsToTheEnd() async throws {
        let home = FileManager.default.temporaryDirectory.appending(path: "drydock-docker-py-\(getpid())").path
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: home) } }
        let environment = home + "/venv"
        guard
            try run("/usr/bin/env", ["python3", "-m", "venv", environment], in: home).code == 0,
            try run("\(environment)/bin/pip", ["install", "-q", "docker==7.1.0"], in: home).code == 0
        else {
            try Test.cancel("docker-py cannot be installed here: it takes python3 with venv, and PyPI")
        }
        try await RuntimeDaemon.with { daemon in
            let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "docker_py.py").path
            let ended = try run(
                "\(environment)/bin/python", [script, "unix://\(daemon.socket)", RuntimeDaemon.image],
                in: daemon.folder)
            #expect(ended.code == 0, "\(ended.text)")
            #expect(ended.text.hasSuffix("done\n"), "\(ended.text)")
        }
    }

    private func run(_ path: String, _ arguments: [String], in folder: String) throws -> Ended {
        let file = folder + "/python.log"
        if FileManager.default.fileExists(atPath: file) { try FileManager.default.removeItem(atPath: file) }
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let output = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        defer { for descriptor in [null, output] { close(descriptor) } }
        let pid = try Spawn.run(path, arguments, input: null, output: output, errors: file)
        let code = Spawn.wait(pid, seconds: 120)
        return Ended(code: code, text: try String(contentsOfFile: file, encoding: .utf8))
    }
}
