import Testing

@testable import Scenario

@Suite("Command lines")
struct CommandLineTests {
    static func words(_ text: String, output: String = "") async throws -> [String] {
        var parser = CommandLineParser(text, line: 1)
        let line = CommandLine(source: text, line: 1, words: try parser.parse().words)
        return try await line.expand(Variables(["x": "a b"])) { _ in output }
    }

    @Test(
        "are split as a POSIX shell splits them",
        arguments: [
            ("docker ps  -a", ["docker", "ps", "-a"]), ("docker 'a b' \"c d\"", ["docker", "a b", "c d"]),
            ("docker a'b'\"c\"", ["docker", "abc"]), ("docker ''", ["docker", ""]),
            ("docker a\\ b", ["docker", "a b"]),
            ("docker \"\\$x \\n\"", ["docker", "$x \\n"]), ("docker ${x}", ["docker", "a b"]),
            ("docker '${x}'", ["docker", "a b"]),
            ("docker '$$HOME $x'", ["docker", "$HOME $x"]), ("docker {{.Names}}", ["docker", "{{.Names}}"]),
            ("docker a\\\nb", ["docker", "ab"]), ("docker a \\\n  b", ["docker", "a", "b"]),
        ])
    func splitting(_ text: String, _ expected: [String]) async throws {
        #expect(try await Self.words(text) == expected)
    }

    @Test(
        "split the output of substitutions outside double quotes only",
        arguments: [
            ("docker $(docker ps)", "1\n2\n", ["docker", "1", "2"]),
            ("docker \"$(docker ps)\"", "1\n2\n", ["docker", "1\n2"]),
            ("docker $(docker ps)", "\n", ["docker"]), ("docker \"$(docker ps)\"", "\n", ["docker", ""]),
            ("docker a$(docker ps)b", "1 2\n", ["docker", "a1", "2b"]),
            ("docker a$(docker ps)b", " 1 ", ["docker", "a", "1", "b"]),
            ("docker a$(docker ps)b", "", ["docker", "ab"]),
        ])
    func substitution(_ text: String, _ output: String, _ expected: [String]) async throws {
        #expect(try await Self.words(text, output: output) == expected)
    }

    @Test("know jobs and redirections")
    func jobs() throws {
        var parser = CommandLineParser("docker load <in.tar >out &j", line: 1)
        let result = try parser.parse()
        #expect(result.standardInput == "in.tar")
        #expect(result.standardOutput == "out")
        #expect(result.background == "j")
    }
}
