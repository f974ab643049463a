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

    @Test(arguments: ["check", "mutate"]) func aSocketThatIsNotThere(command: String) throws {
        let path = try TestDirectory.make() + "/none.sock"
        #expect(try Self.complaint([command, "--host", "unix://\(path)"]).contains(path))
    }

    /// Goal: docker's verbs say it in docker's words, with its exit code.
    @Test func aVerbOnASocketThatIsNotThere() throws {
        let end = try DrydockProcess(["-H", "unix:///nowhere/d.sock", "ps"]).end()
        #expect(end.code == 1)
        #expect(
            end.error
                == "Cannot connect to the Docker daemon at unix:///nowhere/d.sock. Is the docker daemon running?\n")
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
        let server = try ScriptedServer(.loopback) { connection in
            _ = try connection.read(5)
            try connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        }
        let url = server.endpoint.replacing("tcp://", with: "https://")
        #expect(try Self.complaint(["check", "--host", url]).contains("TLS"))
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
