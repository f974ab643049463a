import Testing

@testable import Scenario

@Suite("Errors of scenarios")
struct ErrorTests {
    /// The messages for a block behind the standard front matter, with lines counted from the block's fence.
    static func messages(_ block: String) -> [String] {
        let offset = Manual.preamble.split(separator: "\n", omittingEmptySubsequences: false).count - 1
        do {
            _ = try ScenarioDocument.parse(Manual.preamble + block + "\n", file: "x.md", expectedID: nil)
            return []
        } catch {
            return error.errors.map { "\($0.line - offset): \($0.message)" }
        }
    }

    @Test(
        "in console blocks",
        arguments: [
            ("", ["1: a console block without a command"]),
            ("docker ps", ["2: a line before the first command"]),
            ("$ podman ps", ["2: `podman` is not a command here"]),
            ("$ docker ps 'a", ["2: a single quote that is not closed"]),
            ("$ docker ps \"a", ["2: a double quote that is not closed"]),
            ("$ docker ps \\", ["2: the command goes on, but the block ends"]),
            ("$ docker ps $HOME", ["2: `$HOME`: there is no shell to expand it"]),
            ("$ docker ps 2>&1", ["2: `2>`: file descriptors cannot be redirected"]),
            ("$ docker ps && docker ps", ["2: `&` needs the name of a job at the end of the line"]),
            ("$ docker ps; docker ps", ["2: `;` outside quotes: commands run without a shell"]),
            ("$ docker rm $(cat x)", ["2: `$(cat x)` is not a docker command"]),
            ("$ docker rm $(docker ps", ["2: `$(` is not closed"]),
            ("$ docker load < ../x", ["2: `<` needs the plain name of a file"]),
            ("$ docker ps\n[exit 256]", ["3: [exit 256] is not an exit code"]),
            ("$ docker ps\n[exit 1]\n[exit 1]", ["4: [exit] stands twice"]),
            ("$ docker ps\n[within soon]", ["3: [within soon] is not a duration"]),
            ("$ docker ps\n[resize 40]", ["3: [resize 40] is not a size"]),
            ("$ docker ps\n[half-close]", ["3: [half-close] belongs into an http block"]),
            ("$ docker ps\n[running]", ["2: [running] needs a job"]),
            ("$ docker ps &a\n> x", ["2: typing into a command in the background"]),
            (
                "$ docker exec -i a b\n[within 1s]\n> x",
                ["2: [within] repeats a command, so nothing can be typed and it cannot be a job"]
            ),
            ("$ docker ps\n> ${x = /a/}", ["3: `${x = …}` in text that is sent"]),
            ("$ docker ps\n${x = }", ["3: `${x = }` is not a pattern for text"]),
            ("$ docker ps\n${x", ["3: `${…` is not closed"]),
            ("$ docker ps\n${x = /a/} ${x}", ["3: ${x} is used in the line that captures it"]),
            ("$ docker ps\n${a.b}", ["3: unknown built-in ${a.b}"]),
            ("$ docker ps\n${image.alpine}", ["3: ${image.alpine}: the image is not in `needs`"]),
            ("$ fg %a", ["2: unknown job `a`"]),
            ("$ fg a", ["2: `fg a` needs one job"]),
            ("$ docker ps &a\n$ kill -INTT %a\n$ fg %a", ["3: unknown signal `INTT`"]),
            ("$ docker ps &a\n$ fg %a\n$ fg %a", ["4: the job `a` has ended already"]),
            ("$ docker ps &a\n$ docker ps &a\n$ fg %a", ["3: two jobs are called `a`"]),
            (
                "$ docker 'a\n$ docker \"b",
                ["2: a single quote that is not closed", "3: a double quote that is not closed"]
            ),
        ])
    func console(_ block: String, _ expected: [String]) {
        #expect(Self.messages("```console\n\(block)\n```") == expected)
    }

    @Test(
        "in http blocks",
        arguments: [
            ("", ["1: an http block without a request"]),
            ("GET", ["2: `GET` is not a request line"]),
            ("get /x\n200", ["2: `get` is not a method"]),
            ("GET x\n200", ["2: `x` is not a path"]),
            ("GET /x", ["2: the request has no status line below it"]),
            ("POST /x\n{ \"a\": }\n200", ["3: the request body is not JSON: expected a value"]),
            ("POST /x\n@../a\n200", ["3: `@../a` is not the plain name of a file"]),
            ("GET /x\n200\n(emty)", ["4: `(emty)` is not a body"]),
            ("GET /x\n200\n{ \"a\": 1", ["4: expected `,` or `}`, found the end"]),
            ("GET /x\n200\n{ a: 1 }", ["4: expected a member name in quotes or `}`, found `a:`"]),
            ("GET /x\n200\n{ \"a\": 1, \"a\": 2 }", ["4: the member \"a\" stands twice"]),
            ("GET /x\n200\n{ ... }", ["4: `...` in an object"]),
            ("GET /x\n200\n{ \"a\": => 1 }", ["4: `=>` is not a comparison"]),
            ("GET /x\n200\n{ \"a\": length x }", ["4: expected a whole number after `length`, found `x`"]),
            ("GET /x\n200\n{ \"a\": \"${x = /(/}\" }", ["4: the regex /(/ is not valid: expected ')'"]),
            ("GET /x\n200\n[exit 1]", ["4: [exit] belongs into a console block"]),
            ("POST /x\n101\n< stdout hello", ["4: expected \"text\" or /regex/ after `< stdout`"]),
            ("POST /x\n101\n< frame 1 \"x\"", ["4: a frame needs channel, length and payload"]),
            ("GET /x &a\n200", ["2: nothing says how the job `a` ends"]),
            ("[eof]\nGET /x\n200", ["2: [eof] cannot stand here"]),
            ("GET /x\n200\ntar\n  a 99", ["5: `99` in a tar entry"]),
        ])
    func http(_ block: String, _ expected: [String]) {
        #expect(Self.messages("```http\n\(block)\n```") == expected)
    }

    @Test(
        "around blocks",
        arguments: [
            ("```console\n$ docker ps", ["1: the block is not closed"]),
            ("```\nx\n```", ["1: a block without a kind"]),
            ("```file\nx\n```", ["1: ```file needs one plain file name"]),
            ("```file a\nx\n```\n```tar a\n```", ["4: two blocks are called `a`"]),
            ("```http rw\nGET /x\n200\n```", ["1: unknown word `rw` behind ```http"]),
            ("Prose only.", ["2: the scenario has no step"]),
        ])
    func blocks(_ text: String, _ expected: [String]) {
        #expect(Self.messages(text) == expected)
    }

    @Test(
        "in front matter",
        arguments: [
            ("id: a/c\ntitle: T\nlevel: must", ["2: the id is `a/c`, but the file's place says `a/b`"]),
            ("title: T\nlevel: must", ["2: the front matter has no `id`"]),
            ("id: a/b\ntitle: T\nlevel: always", ["4: unknown level `always`"]),
            ("id: a/b\ntitle: T\nlevel: must\nsince: 1", ["5: `since: 1` is not an API version"]),
            ("id: a/b\ntitle: T\nlevel: must\nsince: 1.40\nuntil: 1.30", ["6: until 1.30 is before since 1.40"]),
            ("id: a/b\ntitle: T\nlevel: must\ntimeout: 1h", ["5: `timeout: 1h` is not a duration"]),
            ("id: a/b\ntitle: T\nlevel: must\nneeds: image", ["5: `needs` needs a list"]),
            ("id: a/b\ntitle: T\nlevel: must\nneeds: [imge x]", ["5: unknown need `imge x`"]),
            ("id: a/b\ntitle: T\nlevel: must\ncovers: [/info]", ["5: `/info` is not an operation"]),
            ("id: a/b\ntitle: T\nlevel: must\nexclusive: yes", ["5: `exclusive: yes` is neither true nor false"]),
            ("id: a/b\ntitle: T\nlevel: must\nid: a/b", ["2: the key `id` stands twice"]),
            ("id: [", ["3: the front matter is not YAML: did not find expected node content"]),
        ])
    func frontMatter(_ yaml: String, _ expected: [String]) {
        do {
            _ = try ScenarioDocument.parse(
                "---\n\(yaml)\n---\n```console\n$ docker ps\n```\n", file: "a/b.md", expectedID: "a/b")
            Issue.record("parsed")
        } catch {
            #expect(error.errors.map { "\($0.line): \($0.message)" } == expected)
        }
    }

    @Test("a capture that nothing uses is a warning")
    func unused() throws {
        let document = try ScenarioDocument.parse(
            Manual.preamble + "```console\n$ docker ps -q\n${x = /a/}\n```\n", file: "x.md", expectedID: nil)
        #expect(document.warnings.map(\.message) == ["nothing uses the capture ${x}"])
    }
}
