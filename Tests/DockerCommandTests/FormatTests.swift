import RawJSON
import Testing

@testable import DockerCommand

@Suite struct FormatTests {
    @Test(arguments: [
        ("{{.Name}}", "/web"), ("{{json .Config.Cmd}}", #"["a","b"]"#), ("{{index .Config.Cmd 1}}", "b"),
        ("{{range $i, $c := .Config.Cmd}}{{if $i}},{{end}}{{$c}}{{end}}", "a,b"), ("{{len .Config.Cmd}}", "2"),
        ("{{with .Missing}}x{{else}}none{{end}}", "none"), ("{{.State.Running | not}}", "false"),
        ("{{if and .State.Running (eq .State.Pid 7)}}up{{end}}", "up"),
        ("{{printf \"%-5s|%03d\" .Name .State.Pid}}", "/web |007"),
        ("a {{- \" b \" -}} c", "a b c"), ("{{join (split \"x:y\" \":\") \"+\"}}", "x+y"),
        ("{{upper (title \"ab cd\")}}", "AB CD"),
        ("{{$x := .Name}}{{$x = \"z\"}}{{$x}}", "z"), ("{{.Config.Labels}}", "map[k:v]"), ("{{.Config.Cmd}}", "[a b]"),
        ("{{.Config.Entrypoint}}", "[]"), ("{{/* note */}}{{`raw`}}", "raw"),
        ("{{lt 1 2}}{{ne \"a\" \"b\"}}", "truetrue"),
        ("{{range .Config.Env}}x{{else}}empty{{end}}", "empty"), ("{{println .Name}}", "/web\n"),
        ("{{range .Config.Cmd}}{{if eq . \"b\"}}{{break}}{{end}}{{.}}{{end}}", "a"),
    ])
    func templatesMeanWhatGoMeans(_ template: String, _ expected: String) throws {
        let subject: JSONValue = [
            "Name": "/web", "Missing": nil, "State": ["Running": true, "Pid": 7],
            "Config": ["Cmd": ["a", "b"], "Entrypoint": nil, "Env": [], "Labels": ["k": "v"]],
        ]
        #expect(try Template(template).execute(.init(value: subject)) == expected)
    }

    @Test(arguments: ["{{.", "{{if}}", "{{nope}}", "{{range .X}}", "{{end}}", "{{\"a}}", "{{$y}}"])
    func malformedTemplatesAreRefused(_ template: String) {
        #expect(throws: TemplateError.self) { try Template(template) }
    }

    @Test func unknownNamesAreRefused() throws {
        #expect(throws: TemplateError.self) { try Template("{{.Nope}}").execute(.init(value: ["A": 1])) }
    }

    @Test(arguments: [
        (0, "0B"), (999, "999B"), (1000, "1kB"), (1_982_319, "1.98MB"), (27_800_000, "27.8MB"), (192_000_000, "192MB"),
        (1_500_000_000, "1.5GB"),
    ])
    func sizesReadAsDockersDo(_ bytes: Int, _ expected: String) {
        #expect(Units.humanSize(Double(bytes)) == expected)
    }

    @Test(arguments: [
        (0, "Less than a second"), (1, "1 second"), (59, "59 seconds"), (60, "About a minute"), (3599, "59 minutes"),
        (3600, "About an hour"), (7200, "2 hours"), (172_800, "2 days"), (1_209_600, "2 weeks"),
        (5_184_000, "2 months"),
        (63_072_000, "2 years"),
    ])
    func durationsReadAsDockersDo(_ seconds: Int, _ expected: String) {
        #expect(Units.humanDuration(Int64(seconds)) == expected)
    }

    @Test func timesAreReadAndWritten() throws {
        let moment = try #require(CivilTime.parse("2026-11-24T00:14:08.5+01:00"))
        #expect(moment.seconds == 1_795_475_648 && moment.nanoseconds == 500_000_000)
        #expect(Units.goTime(1_795_479_248, .utc) == "2026-11-24 00:14:08 +0000 UTC")
    }

    @Test(arguments: [("512m", 536_870_912), ("1.5g", 1_610_612_736), ("64KiB", 65536), ("7", 7)])
    func byteSizesAreRead(_ text: String, _ bytes: Int) throws {
        #expect(try ByteSize.ram(text) == Int64(bytes))
    }

    @Test func portSpecificationsCoverRangesAndAddresses() throws {
        let both = try PortSpec.parse("127.0.0.1:8000-8001:80-81/udp")
        #expect(both.map(\.containerPort) == ["80/udp", "81/udp"] && both.map(\.hostPort) == ["8000", "8001"])
        #expect(both[0].hostIP == "127.0.0.1")
        #expect(try PortSpec.parse("[::1]::81")[0].hostIP == "::1")
        #expect(try PortSpec.parse("8000-8010:80")[0].hostPort == "8000-8010")
        #expect(throws: ValueError.self) { try PortSpec.parse("1-2:1-3") }
    }

    @Test func detachKeysAreFoundAcrossReads() throws {
        var keys = DetachKeys("")
        #expect(keys.filter([0x61, 0x10]).passed == [0x61])
        #expect(keys.filter([0x62]).passed == [0x10, 0x62])
        #expect(keys.filter([0x10]).passed == [])
        #expect(keys.filter([0x11]).isComplete)
        var custom = DetachKeys("ctrl-x,q")
        #expect(custom.filter([0x18, 0x71]).isComplete)
    }
}
