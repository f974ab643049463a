import DockerCommand
import Foundation
import TestSupport
import Testing

/// Drydock asks and prints as docker's CLI 28 does, given the same answers, terminal, zone and `config.json`.
@Suite(.enabled(if: InstalledDocker.path != nil, "docker's CLI 28 is not installed"))
struct PrintingAgreementTests {
    /// Runs both and compares requests, standard output and exit code; standard error too unless a client names itself.
    private func compare(
        _ line: String, _ answers: [String: String], configuration: String = "{}", files: [String: String] = [:],
        variables: [String: String] = [:], zone: @escaping @Sendable (Int64) -> LocalZone = { _ in .utc },
        columns: Int? = nil, location: SourceLocation = #_sourceLocation
    ) async throws {
        let docker = try #require(InstalledDocker.path)
        let directory = try TestDirectory.make()
        defer { TestDirectory.remove(directory) }
        try Data(configuration.utf8).write(to: URL(filePath: directory + "/config.json"))
        for (name, text) in files {
            let path = "\(directory)/\(name)"
            try Data(text.utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        let daemon = try CannedDaemon(answers)
        defer { daemon.stop() }
        let place = Surroundings(
            host: daemon.host, directory: directory, variables: variables, zone: zone, columns: columns)
        let words = line.split(separator: " ").map { $0.replacingOccurrences(of: "~", with: " ") }
        let expected = try InstalledDocker.run(docker, words, place)
        let expectedRequests = daemon.takeRequests()
        let own = try await OwnCommand.run(words, place)
        let requests = daemon.takeRequests()
        #expect(requests == expectedRequests, sourceLocation: location)
        #expect(own.output == expected.output, sourceLocation: location)
        #expect(
            own.error.trimmingCharacters(in: .newlines) == expected.error.trimmingCharacters(in: .newlines),
            sourceLocation: location)
        #expect(own.code == expected.code, sourceLocation: location)
    }

    // MARK: - Progress

    private static let pull = [
        #"{"status":"Pulling from library/nginx","id":"latest"}"#,
        #"{"status":"Pulling fs layer","progressDetail":{},"id":"aaaaaaaaaaaa"}"#,
        #"{"status":"Pulling fs layer","progressDetail":{},"id":"bbbbbbbbbbbb"}"#,
        #"{"status":"Waiting","progressDetail":{},"id":"bbbbbbbbbbbb"}"#,
        #"{"status":"Downloading","progressDetail":{"current":512,"total":1024},"progress":"[==>] 512B/1.024kB","id":"aaaaaaaaaaaa"}"#,
        #"{"status":"Downloading","progressDetail":{"current":2048,"total":1024},"id":"aaaaaaaaaaaa"}"#,
        #"{"status":"Downloading","progressDetail":{"current":123456789},"id":"bbbbbbbbbbbb"}"#,
        #"{"status":"Extracting","progressDetail":{"current":3,"units":"s"},"id":"bbbbbbbbbbbb"}"#,
        #"{"status":"Extracting","progressDetail":{"current":3,"total":9,"units":"files"},"id":"bbbbbbbbbbbb"}"#,
        #"{"status":"Extracting","progressDetail":{"current":3,"total":9,"hidecounts":true},"id":"bbbbbbbbbbbb"}"#,
        #"{"status":"Pull complete","progressDetail":{},"id":"aaaaaaaaaaaa"}"#,
        #"{"status":"Loading","progress":"old","id":"cccccccccccc"}"#, #"{"aux":{"x":1},"id":"z"}"#,
        #"{"status":"Digest: sha256:55"}"#,
        #"{"status":"said","time":1700000000,"timeNano":1700000000000000012,"from":"x"}"#,
        #"{"status":"Status: Downloaded newer image for nginx:latest"}"#,
    ].joined(separator: "\r\n")

    @Test(arguments: [nil, 200, 111, 110, 51, 40])
    func pullDrawsAsDockerDoes(_ columns: Int?) async throws {
        try await compare("pull nginx", ["POST /images/create": Self.pull], columns: columns)
    }

    @Test(arguments: [nil, 120])
    func aPullThatFailsInMidStreamEndsAsDockers(_ columns: Int?) async throws {
        let broken = Self.pull + #"{"errorDetail":{"message":"unexpected EOF"},"error":"unexpected EOF"}"#
        try await compare("pull nginx:1", ["POST /images/create": broken], columns: columns)
        try await compare("pull -q nginx:1", ["POST /images/create": broken], columns: columns)
    }

    @Test(arguments: [nil, 120])
    func theImageOfARunIsPulledAsDockerDoes(_ columns: Int?) async throws {
        // The image stays absent, so the second create fails too.
        try await compare("create nginx", ["POST /images/create": Self.pull], columns: columns)
    }

    // MARK: - Trees and disk usage

    private static func image(_ letter: String, names: [String], more: String = "") -> String {
        let id = String(repeating: letter, count: 64)
        let list = names.map { "\"\($0)\"" }.joined(separator: ",")
        return
            #"{"Id":"sha256:\#(id)","RepoTags":[\#(list)],"RepoDigests":[],"Created":1700000000,"Size":77123456,"SharedSize":-1,"#
            + #""Containers":1,"Labels":null\#(more)}"#
    }

    private static func manifest(_ letter: String, _ platform: String, available: Bool, used: Bool) -> String {
        #"{"ID":"sha256:\#(String(repeating: letter, count: 64))","Kind":"image","Available":\#(available),"Size":{"#
            + #""Content":12345,"Total":5000000},"ImageData":{"Platform":\#(platform),"Containers":[\#(used ? "\"x\"" : "")],"Size":{"Unpacked":1}}}"#
    }

    private static let several =
        "["
        + [
            image(
                "a",
                names: [
                    "nginx:1", "registry.example.com:5000/a/very/long/repository/name/that/fits/nowhere:tag", "nginx:z",
                ]),
            image(
                "b", names: ["multi:1"],
                more:
                    #","Manifests":[\#(manifest("1", #"{"os":"linux","architecture":"amd64"}"#, available: true, used: true)),"#
                    + manifest(
                        "2", #"{"os":"linux","architecture":"arm64","variant":"v8"}"#, available: false, used: false)
                    + #",{"ID":"sha256:33","Kind":"attestation","Available":true,"Size":{"Content":9,"Total":9},"AttestationData":{"For":"sha256:11"}}]"#
            ),
            image("c", names: []).replacingOccurrences(
                of: #""RepoDigests":[]"#,
                with: #""RepoDigests":["x@sha256:"# + String(repeating: "c", count: 64) + #""]"#),
            image("d", names: ["<none>:<none>"]).replacingOccurrences(
                of: #""RepoDigests":[]"#, with: #""RepoDigests":["<none>@<none>"]"#),
            image(
                "e",
                names: ["zz/registry/a/very/long/repository/name/that/fits/no/line/of/a/terminal/of/usual/width:tag"]),
        ].joined(separator: ",") + "]"

    private static let plain = "[\(image("a", names: ["nginx:1", "nginx:z"]))]"

    @Test(arguments: [nil, 200, 120, 80, 60, 40, 25, 10])
    func imageTreesAgree(_ columns: Int?) async throws {
        for list in [Self.several, Self.plain, "[]"] {
            try await compare("images --tree", ["GET /images/json": list], columns: columns)
        }
        try await compare("image ls --tree -a nginx", ["GET /images/json": Self.several], columns: columns)
    }

    @Test(arguments: [
        "images --tree -q", "images --tree --no-trunc", "images --tree --digests", "images --tree --format json",
    ])
    func treesRefuseWhatDockersRefuse(_ line: String) async throws {
        try await compare(line, ["GET /images/json": "[]"])
    }

    private static let usage = """
        {"LayersSize":12345678,"Images":[\(image("a", names: ["nginx:1", "nginx:z"])),\(image("b", names: []))],
        "Containers":[{"Id":"bb00000000000000","Names":["/n","/m/n"],"Image":"i","ImageID":"sha256:aaa","Command":"cccccccccccccccccccccccccc",
        "Created":1700000000,"Ports":[],"State":"running","Status":"Up","SizeRw":1234567,"SizeRootFs":12345678,
        "Mounts":[{"Driver":"local","Name":"x"}],"Labels":{"a":"b"}}],
        "Volumes":[{"Name":"v2","Driver":"local","Labels":{"q":"r"},"Mountpoint":"/m","Scope":"local","UsageData":{"RefCount":2,"Size":1234567}},
        {"Name":"v1","Driver":"local","Mountpoint":"/m","Scope":"local","UsageData":{"RefCount":-1,"Size":-1}}],
        "BuildCache":[{"ID":"abcdefghijklmnop","Type":"regular","Description":"d","InUse":true,"Shared":false,"Size":1234567,
        "CreatedAt":"2023-11-14T23:13:20Z","LastUsedAt":"2023-11-15T23:13:20Z","UsageCount":3,"Parents":["x","y"]},
        {"ID":"qbcdefghijklmnop","Type":"source.local","Description":"d","InUse":false,"Shared":true,"Size":12345,
        "CreatedAt":"2023-11-14T23:13:20Z","LastUsedAt":null,"UsageCount":0},{"ID":"cbcdefghijklmnop","Type":"source.local","Description":"d",
        "InUse":false,"Shared":false,"Size":12345,"CreatedAt":"2023-11-14T23:13:20.5Z","LastUsedAt":"2023-10-15T23:13:20Z","UsageCount":0}]}
        """

    @Test(arguments: [
        "system df", "system df -v", "system df --format json", "system df -v --format json",
        "system df -v --format {{range~.Images}}{{.Repository}}~{{.UniqueSize}};{{end}}{{range~.BuildCache}}{{.ID}}~{{.LastUsedAt}}~{{.Parent}};{{end}}",
        "system df --format table~{{.Type}}\\t{{.Size}}", "system df --format {{.Nope}}",
        "system df --format {{.Type}}",
    ])
    func diskUsageAgrees(_ line: String) async throws {
        try await compare(line, ["GET /system/df": Self.usage])
        try await compare(line, ["GET /system/df": #"{"LayersSize":0,"Images":null,"Containers":null,"Volumes":null}"#])
    }

    // MARK: - Zones

    private static let berlin: @Sendable (Int64) -> LocalZone = { seconds in
        // Between the changes of 2024 only; the cases keep to that year and to November 2023.
        (1_711_846_800..<1_729_990_800).contains(seconds)
            ? LocalZone(offset: 7200, abbreviation: "CEST") : LocalZone(offset: 3600, abbreviation: "CET")
    }

    @Test(arguments: [
        "ps --format {{.CreatedAt}}", "images --format {{.CreatedAt}}", "network ls --format {{.CreatedAt}}",
        "history --human=false x", "history --format {{.CreatedAt}} x", "events --until 2023-01-01T00:00:00Z",
        "logs --since 2024-01-01 x", "logs --since 2024-01-01T01:02:03 x", "logs --since 2024-01-01T01:02:03+05:00 x",
        "version --format {{json~.Server}}",
    ])
    func timesAreInTheUsersZone(_ line: String) async throws {
        let answers = [
            "GET /containers/json":
                #"[{"Id":"aa","Names":["/n"],"Image":"i","Created":1700000000,"State":"x"},{"Id":"bb","Created":1720000000}]"#,
            "GET /images/json": Self.plain,
            "GET /networks":
                #"[{"Name":"a","Created":"2024-05-05T10:00:00.5+02:00"},{"Name":"b","Created":"2024-05-05T10:00:00Z"},{"Name":"c","Created":"2024-05-05T10:00:00-03:30"}]"#,
            "GET /images/x/history":
                #"[{"Id":"sha256:aaaaaaaaaaaaaaaaaaaa","Created":1700000000,"CreatedBy":"x","Size":5}]"#,
            "GET /events":
                #"{"Type":"image","Action":"pull","time":1720000000,"timeNano":1720000000000001000,"Actor":{"ID":"q","Attributes":{"a":"<b>"}}}"#,
            "GET /containers/x/json": #"{"Id":"x","Config":{"Tty":true}}"#, "GET /containers/x/logs": "line\n",
        ]
        try await compare(line, answers, variables: ["TZ": "Europe/Berlin"], zone: Self.berlin)
    }

    @Test func theSystemsZoneIsWhatDateSays() throws {
        for seconds in [0, 1_700_000_000, 1_720_000_000] as [Int64] {
            let process = Process(), output = Pipe()
            process.executableURL = URL(filePath: "/bin/date")
            process.arguments = ["-d", "@\(seconds)", "+%:::z"]
            process.standardOutput = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            let zone = LocalZone.system(at: seconds)
            let hours = try #require(Int64(text.dropFirst().prefix(2)))
            #expect(abs(zone.offset) / 3600 == hours && (zone.offset < 0) == text.hasPrefix("-"))
        }
    }

    // MARK: - config.json

    @Test(arguments: [
        "ps", "ps -q", "ps --format {{.ID}}", "images", "image ls -q", "volume ls", "network ls", "volume ls -q",
    ])
    func formatsOfTheConfigurationHold(_ line: String) async throws {
        let configuration =
            #"{"psFormat":"{{.Names}}!","imagesFormat":"table {{.Repository}}\\t{{upper .Tag}}","volumesFormat":"V {{.Name}}","#
            + #""networksFormat":"N {{.Name}}"}"#
        let answers = [
            "GET /containers/json": #"[{"Id":"aa","Names":["/n"],"Image":"i","Created":1700000000,"State":"x"}]"#,
            "GET /images/json": Self.plain, "GET /networks": #"[{"Name":"a","Id":"b"}]"#,
            "GET /volumes": #"{"Volumes":[{"Name":"v","Driver":"local"}]}"#,
        ]
        try await compare(line, answers, configuration: configuration)
    }

    @Test func aBrokenConfigurationIsWarnedOf() async throws {
        let directory = try TestDirectory.make()
        defer { TestDirectory.remove(directory) }
        try Data("{".utf8).write(to: URL(filePath: directory + "/config.json"))
        let daemon = try CannedDaemon(["GET /images/json": "[]"])
        defer { daemon.stop() }
        let own = try await OwnCommand.run(["images", "-q"], Surroundings(host: daemon.host, directory: directory))
        #expect(own.code == 0 && own.error.hasPrefix("WARNING: Error parsing config file (\(directory)/config.json)"))
    }

    @Test func detachKeysOfTheConfigurationAreSent() async throws {
        let answers = [
            "GET /containers/x/json": #"{"Id":"x","State":{"Running":true},"Config":{"OpenStdin":false}}"#,
            "POST /containers/x/exec": #"{"Id":"e"}"#, "POST /containers/x/wait": #"{"StatusCode":0}"#,
        ]
        try await compare("exec -d x true", answers, configuration: #"{"detachKeys":"ctrl-x,y"}"#)
        try await compare("exec -d --detach-keys ctrl-a x true", answers, configuration: #"{"detachKeys":"ctrl-x,y"}"#)
        try await compare("attach x", answers, configuration: #"{"detachKeys":"ctrl-x,y"}"#)
    }

    // MARK: - Credentials

    private static let helper = """
        #!/bin/sh
        read server
        case "$1 $server" in
        "get helped.example") echo '{"ServerURL":"helped.example","Username":"u","Secret":"p\\u00e4ss"}' ;;
        "get token.example") echo '{"ServerURL":"token.example","Username":"<token>","Secret":"idtoken"}' ;;
        *) echo "credentials not found in native keychain"; exit 1 ;;
        esac

        """

    @Test(arguments: [
        "nginx", "ghcr.example/a", "plain.example:5000/a", "slash.example/a", "token.example/a", "helped.example/a",
        "unknown.example/a", "colon.example/a", "nul.example/a", "fields.example/a",
    ])
    func credentialsAreDockers(_ image: String) async throws {
        func basic(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
        let auths = """
            {"https://index.docker.io/v1/":{"auth":"\(basic("hub:secret"))"},"https://ghcr.example/v2/":{"auth":"\(basic("gh:a:b"))"},
            "plain.example:5000":{"auth":"\(basic("p:q"))","email":"a@b"},"https://slash.example":{"auth":"\(basic("s:t"))"},
            "token.example":{"auth":"\(basic("x:y"))","identitytoken":"tok"},"colon.example":{"auth":"\(basic("c:"))"},
            "nul.example":{"auth":"\(basic("n:pw\0\0"))"},"fields.example":{"username":"f","password":"g","registrytoken":"r"}}
            """
        let answers = ["POST /images/create": #"{"status":"done"}"#]
        let files = ["docker-credential-ours": Self.helper]
        try await compare("pull \(image):1", answers, configuration: #"{"auths":\#(auths)}"#)
        try await compare(
            "pull \(image):1", answers,
            configuration:
                #"{"auths":\#(auths),"credHelpers":{"helped.example":"ours","token.example":"ours","plain.example:5000":"ours"}}"#,
            files: files)
        try await compare(
            "pull \(image):1", answers, configuration: #"{"auths":\#(auths),"credsStore":"ours"}"#, files: files)
    }

    @Test func aHelperThatCannotBeRunIsNamed() async throws {
        let directory = try TestDirectory.make()
        defer { TestDirectory.remove(directory) }
        try Data(#"{"credsStore":"absent"}"#.utf8).write(to: URL(filePath: directory + "/config.json"))
        let daemon = try CannedDaemon(["POST /images/create": "{}"])
        defer { daemon.stop() }
        let own = try await OwnCommand.run(
            ["pull", "a.example/b:1"], Surroundings(host: daemon.host, directory: directory))
        #expect(own.code == 0)
        #expect(
            own.error
                == "WARNING: no credentials for a.example: docker-credential-absent cannot be run: it is not on PATH\n")
        #expect(daemon.takeRequests().first?.auth == "e30=")
    }

    // MARK: - What is left out

    @Test(arguments: [
        "login", "push x", "search x", "image push x", "swarm init", "compose up", "build .", "manifest inspect x",
    ])
    func commandsLeftOutSaySo(_ line: String) async throws {
        let own = try await OwnCommand.run(line.split(separator: " ").map(String.init))
        #expect(own.code == 1 && own.error.hasPrefix("docker ") && own.error.contains("is not part of Drydock"))
    }
}
