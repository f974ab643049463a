import Testing

@testable import Scenario

@Suite("Recording")
struct RecordingTests {
    static let id = String(repeating: "0a", count: 32)

    static func record(_ body: String, _ observe: (ScenarioDocument) throws -> [Observation]) throws -> String {
        let document = try ScenarioDocument.parse(Manual.preamble + body, file: "x.md", expectedID: nil)
        let text = document.recorded(try observe(document))
        // What was recorded is itself a scenario.
        _ = try ScenarioDocument.parse(text, file: "x.md", expectedID: nil)
        return String(text.dropFirst(Manual.preamble.count))
    }

    static func command(_ document: ScenarioDocument, _ stdout: String, _ stderr: String, _ code: Int32) throws
        -> Observation
    {
        guard case .console(let step) = document.steps[0] else { throw SyntaxFault("no console step", line: 1) }
        return Observation(
            line: step.commands[0].line,
            outcome: .command(stdout: Array(stdout.utf8), stderr: Array(stderr.utf8), exitCode: code),
            variables: Variables(["one": "drydock-1-one"]))
    }

    static func response(_ document: ScenarioDocument, _ status: Int, _ body: String) throws -> Observation {
        guard case .http(let step) = document.steps[0] else { throw SyntaxFault("no http step", line: 1) }
        return Observation(
            line: step.requestLine,
            outcome: .response(status: status, headers: [("Content-Type", "application/json")], body: Array(body.utf8)),
            variables: Variables(["one": "drydock-1-one"]))
    }

    @Test("leaves alone what matches")
    func unchanged() throws {
        let text = "Prose.\n\n```console\n$ docker ps\n...\n${one}\n```\n"
        #expect(try Self.record(text) { [try Self.command($0, "x\ndrydock-1-one\n", "noise", 0)] } == text)
    }

    @Test("writes lines that differ, with variables, captures and the exit code")
    func console() throws {
        let recorded = try Self.record("```console\n$ docker ps\nkept ...\nold\n```\nProse.\n") {
            [try Self.command($0, "kept line\ncontainer drydock-1-one $5\n\(Self.id)\n$ x", "No such container\n", 1)]
        }
        #expect(
            recorded == """
                ```console
                $ docker ps
                kept ...
                container ${one} $$5
                ${id = /[0-9a-f]{64}/}
                ${"$"} x\\c
                ! No such container
                [exit 1]
                ```
                Prose.

                """)
    }

    @Test("writes status, headers and the parts of a body that differ")
    func http() throws {
        let recorded = try Self.record(
            "```http\nGET /x\n200\nContent-Type: text/html\n\n{ \"Name\": nonempty, \"A\": { \"B\": 1, \"C\": > 0 }, \"Gone\": true }\n```\n"
        ) { [try Self.response($0, 201, #"{"Name":"n","A":{"B":2,"C":5},"Other":1}"#)] }
        #expect(
            recorded == """
                ```http
                GET /x
                201
                Content-Type: application/json

                { "Name": nonempty, "A": { "B": 2, "C": > 0 } }
                ```

                """)
    }

    @Test("fills in a whole body that was left null")
    func fillsIn() throws {
        let recorded = try Self.record("```http\nGET /x\n200\nnull\n```\n") {
            [
                try Self.response(
                    $0, 200,
                    #"{"Id":"\#(Self.id)","Name":"/drydock-1-one","Created":"2026-01-02T03:04:05.1Z","N":null}"#)
            ]
        }
        #expect(
            recorded == """
                ```http
                GET /x
                200
                { "Id": "${/[0-9a-f]{64}/}", "Name": "/${one}", "Created": timestamp, "N": null }
                ```

                """)
    }
}
