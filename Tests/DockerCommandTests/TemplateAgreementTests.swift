import Foundation
import TestSupport
import Testing

/// Templates mean to Drydock what they mean to docker's CLI 28, in what they print and in how they fail.
@Suite(.enabled(if: InstalledDocker.path != nil, "docker's CLI 28 is not installed"))
struct TemplateAgreementTests {
    private static let container = """
        {"Id": "abc", "Name": "/web", "Subject": {"blank": "", "deep": {"er": {"name": "bottom"}}, "empty": [],
        "html": "<b>&'\\"", "list": [["x", "y"], ["z"]], "long": "äöü and more", "map": {"a": "b", "k": "v"},
        "name": "nginx", "none": null, "off": false, "on": true, "text": "one two,three", "words": ["b", "a", "c"]}}
        """

    @Test(arguments: [
        "{{.Subject.name}}", "{{ .Subject.deep.er.name }}", "{{.Subject}}", "{{json .Subject}}", "{{.Subject.none}}",
        "{{json .Subject.none}}", "{{.Subject.words}}", "{{.Subject.on}}/{{.Subject.off}}",
        // variables
        "{{$x := .Subject}}{{$x.name}}{{$x.deep.er.name}}", "{{$.Subject.name}}", "{{$}}{{.Subject.on}}",
        "{{$x := 1}}{{if .Subject.on}}{{$x = 2}}{{$y := 3}}{{$y}}{{end}}{{$x}}",
        "{{range $i, $w := .Subject.words}}{{$i}}={{$w}} {{end}}", "{{range $w := .Subject.words}}[{{$w}}]{{end}}",
        "{{range $k, $v := .Subject.map}}{{$k}}:{{$v}};{{end}}",
        "{{$last := \"\"}}{{range .Subject.words}}{{$last = .}}{{end}}{{$last}}",
        "{{with $x := .Subject.name}}{{$x}}{{end}}", "{{if $x := .Subject.name}}{{$x}}{{end}}",
        // branches
        "{{if .Subject.on}}y{{else}}n{{end}}", "{{if .Subject.off}}y{{else}}n{{end}}",
        "{{if .Subject.blank}}1{{else if .Subject.off}}2{{else if .Subject.name}}3{{else}}4{{end}}",
        "{{with .Subject.deep}}{{.er.name}}{{else}}none{{end}}", "{{with .Subject.none}}x{{else}}{{.Name}}{{end}}",
        "{{with .Subject.blank}}a{{else with .Subject.name}}b{{.}}{{else}}c{{end}}",
        "{{range .Subject.empty}}x{{else}}nothing{{end}}", "{{range .Subject.none}}x{{else}}nothing{{end}}",
        "{{range .Subject.list}}{{range .}}{{.}}{{end}};{{end}}",
        "{{range .Subject.words}}{{if eq . \"a\"}}{{continue}}{{end}}{{.}}{{end}}",
        "{{range .Subject.words}}{{if eq . \"a\"}}{{break}}{{end}}{{.}}{{end}}",
        // definitions
        "{{define \"t\"}}<{{.}}>{{end}}{{template \"t\" .Subject.name}}",
        "{{define \"t\"}}<{{.}}>{{end}}{{range .Subject.words}}{{template \"t\" .}}{{end}}",
        "{{block \"b\" .Subject}}{{.name}}!{{end}}", "{{define \"t\"}}plain{{end}}{{template \"t\"}}{{.Subject.on}}",
        "{{define \"a\"}}A{{template \"b\" .}}{{end}}{{define \"b\"}}B{{.name}}{{end}}{{template \"a\" .Subject}}",
        "{{define \"t\"}}{{$}}{{end}}{{$x := .Subject.name}}{{template \"t\" $x}}", "{{template \"nope\"}}",
        "{{define \"t\"}}{{.Nope}}{{end}}{{template \"t\" .Subject}}",
        "{{define \"t\"}}1{{end}}{{define \"t\"}}2{{end}}"
            + "{{template \"t\"}}{{.Subject.on}}",
        // functions and pipelines
        "{{.Subject.name | upper | printf \"%s-%q\" \"x\"}}",
        "{{upper .Subject.name}}{{lower \"ABC\"}}{{title \"ab cd\"}}",
        "{{split .Subject.text \",\"}}", "{{index (split .Subject.text \" \") 1}}",
        "{{len (split .Subject.text \"\")}}",
        "{{len .Subject.words}}{{len .Subject.map}}{{len .Subject.name}}", "{{index .Subject.words 2}}",
        "{{index .Subject.map \"k\"}}", "{{index .Subject.list 0 1}}", "{{index .Subject \"deep\" \"er\" \"name\"}}",
        "{{pad .Subject.name 2 3}}|", "{{pad \"\" 2 3}}|", "{{truncate .Subject.name 3}}", "{{truncate \"ab\" 9}}",
        "{{println .Subject.name 1 true}}", "{{print .Subject.name 1 2 \"x\"}}",
        "{{printf \"%d|%5d|%-5d|%05d\" 7 7 7 7}}",
        "{{printf \"%s|%8s|%-8s|%.2s\" \"abc\" \"abc\" \"abc\" \"abc\"}}",
        "{{printf \"%v %v %v\" true 1.5 .Subject.words}}",
        "{{printf \"%q %x %X %t %%\" \"a\" \"hi\" 255 true}}", "{{printf \"%d\"}}", "{{printf \"x\" 1}}",
        "{{printf \"%5.1f|%f\" 3.14159 2.0}}", "{{printf \"%c %U %o %b\" 65 8364 8 5}}", "{{printf \"%T\" \"a\"}}",
        "{{join (split \"a b\" \" \") \"+\"}}", "{{slice .Subject.name 1 3}}", "{{slice .Subject.words 1}}",
        "{{html .Subject.html}}", "{{js .Subject.html}}", "{{urlquery .Subject.html \"a b\"}}",
        "{{and 1 .Subject.blank}}|{{or \"\" .Subject.name}}|{{not .Subject.on}}",
        "{{eq .Subject.name \"x\" \"nginx\"}}{{ne 1 2}}{{lt 1 2}}{{le 2 2}}{{gt \"b\" \"a\"}}{{ge 1 2}}",
        "{{eq 1.5 1.5}}{{lt 1.5 2.5}}{{eq true true}}", "{{(index .Subject.words 0) | printf \"%s!\"}}",
        "{{(.Subject).name}}{{(.Subject.deep).er.name}}", "{{with .Subject}}{{.name | len | printf \"%03d\"}}{{end}}",
        "{{`raw\\n`}}{{\"tab\\tq\\\"u\\u00e9\\x41\"}}{{'a'}}{{0x1F}}{{1_000}}{{-3}}",
        // text and trimming
        "a {{- .Subject.name -}} b", "a\n {{- /* c */ -}} \n b{{.Subject.on}}", "{{/* c */}}{{.Subject.on}}",
        "x{{- 3}} y",
        "tab\\tnew\\nline {{.Subject.on}}", "{{\n.Subject.name\n}}", "}}{{.Subject.on}}{ {",
        // failures
        "{{.Nope}}", "{{.Subject.nope}}", "{{.Subject.deep.nope.x}}", "{{.Subject.name.x}}", "{{.Subject.none.x}}",
        "\n\n  {{.Subject.nope}}", "{{index .Subject.words 9}}", "{{len .Subject.on}}",
        "{{index .Subject.none 1}}", "{{upper}}", "{{upper 1 2}}", "{{template \"t\" .Subject}}",
        "{{range .Subject.name}}x{{end}}", "{{.Subject.name 1}}", "{{1 | .Subject.name}}", "{{nil}}", "{{eq 1 \"a\"}}",
        "{{eq 1}}", "{{lt 1}}", "{{$x}}", "{{", "{{.", "{{.Subject", "{{end}}", "{{else}}", "{{if .Subject}}",
        "{{if}}x{{end}}",
        "{{range}}{{end}}", "{{with}}{{end}}", "{{nope 1}}", "{{\"abc}}", "{{`abc}}", "{{(1}}", "{{1)}}", "{{1 | }}",
        "{{| 1}}",
        "{{break}}", "{{range .Subject.words}}{{end}}{{continue}}", "{{define \"a\"}}x", "{{define a}}x{{end}}",
        "{{template}}",
        "{{define \"a\"}}x{{else}}y{{end}}", "{{if .Subject}}{{define \"x\"}}{{end}}{{end}}", "{{.a%}}", "{{1 | 2}}",
        "{{%}}", "{{1a}}", "{{$x := 1 2}}", "{{$x, $y := 1}}", "{{range $a, $b, $c := .Subject}}{{end}}", "{{x := 1}}",
        "{{/* open}}", "{{$x = 1}}", "{{.Subject.words.x}}", "{{if .Subject}}a{{else}}b{{else}}c{{end}}",
        "{{true.x}}", "{{\"a\".x}}", "{{slice .Subject.name 5 2}}", "{{slice .Subject.map}}", "{{a b}}",
        "{{if .Subject.on}}{{end}", "{{.Subject.on}}{{end}}", "{{block \"b\"}}{{end}}", "{{()}}", "{{. .}}",
        "{{.Subject.on", "{{ü}}",
    ])
    func templatesAgree(_ template: String) async throws {
        let docker = try #require(InstalledDocker.path)
        let daemon = try CannedDaemon(["GET /containers/x/json": Self.container])
        defer { daemon.stop() }
        let directory = try TestDirectory.make()
        defer { TestDirectory.remove(directory) }
        let place = Surroundings(host: daemon.host, directory: directory)
        let words = ["inspect", "--type", "container", "-f", template, "x"]
        let expected = try InstalledDocker.run(docker, words, place)
        let own = try await OwnCommand.run(words, place)
        #expect(own.output == expected.output)
        #expect(own.error.trimmingCharacters(in: .newlines) == expected.error.trimmingCharacters(in: .newlines))
        #expect(own.code == expected.code)
    }
}
