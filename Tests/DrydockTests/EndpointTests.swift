import Foundation
import TestSupport
import Testing

/// Goal: whatever is wrong with an endpoint or a suite ends in one sentence that names it, and in the exit code of the
/// harness.
@Suite struct EndpointTests {
    /// Runs and expects exit code 2 and one line on standard error.
    private static func complaint(_ arguments: [String], environment: [String: String] = [:]) throws -> String {
        let end = try DrydockProcess(arguments, environment: environment).end()
        #expect(end.code == 2, "\(end.output)\(end.error)")
        let lines = end.error.split(separator: "\n")
        #expect(lines.count == 1, "\(end.error)")
        #expect(end.error.hasPrefix("drydock: "))
        #expect(!end.output.contains("passed"))
        return end.error
    }

    @Test(arguments: [["check"], ["mutate"], ["ps"]])
    func aSocketThatIsNotThere(command: [String]) throws {
        let path = try TestDirectory.make() + "/none.sock"
        let end = try DrydockProcess(command + ["--host", "unix://\(path)"]).end()
        #expect(end.code == (command == ["ps"] ? 1 : 2))
        #expect(end.error.contains(path), "\(end.error)")
    }

    @Test func aServerThatIsNoDockerDaemon() throws {
        let server = try FakeDaemon(.loopback) { _ in
            .init(status: 404, headers: [("Content-Type", "text/html")], body: "<p>no</p>")
        }
        let said = try Self.complaint(["check", "--host", server.endpoint])
        #expect(said.contains("not as a Docker daemon"), "\(said)")
        #expect(said.contains("404, text/html"), "\(said)")
    }

    @Test func aServerThatSpeaksNoHTTP() throws {
        let server = try ScriptedServer(.loopback) { try $0.write("SSH-2.0-OpenSSH_9.2\r\n") }
        #expect(try Self.complaint(["check", "--host", server.endpoint]).contains("SSH-2.0"))
    }

    @Test func tlsWithAServerThatSpeaksNone() throws {
        let server = try FakeDaemon(.loopback)
        #expect(try Self.complaint(["check", "--tls", "--host", server.endpoint]).contains("TLS"))
    }

    @Test func certificatesThatAreNotThere() throws {
        let server = try FakeDaemon(.loopback)
        let folder = try TestDirectory.make()
        let said = try Self.complaint(
            ["check", "--host", server.endpoint],
            environment: ["DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": folder])
        #expect(said.contains(folder), "\(said)")
    }

    @Test func anUnknownCaseNamesTheNearest() throws {
        let said = try Self.complaint(["check", "system/prob", "--host", "unix:///nowhere"])
        #expect(said.contains("Did you mean system/probe?"), "\(said)")
    }

    @Test func aMalformedScenarioIsNamedByFileAndLine() throws {
        let folder = try TestDirectory.make()
        try FileManager.default.createDirectory(atPath: folder + "/system", withIntermediateDirectories: true)
        let text = DrydockProcess.scenario.replacing("GET /probe", with: "GET /probe/${nobody}")
        try Data(text.utf8).write(to: URL(filePath: folder + "/system/probe.md"))
        let said = try Self.complaint(["check", "--scenarios", folder, "--host", "unix:///nowhere"])
        #expect(said.contains("system/probe.md:11"), "\(said)")
        #expect(said.contains("nobody"), "\(said)")
    }
}
