import DockerClient
import RawJSON
import TestSupport

/// Requests as clients make them, with some of their values replaced by what nobody expects.
struct OddRequests {
    static let subject = "subject"

    private var random: SeededGenerator
    private let archive: [UInt8]

    /// - Parameter archive: a tar archive to be damaged.
    init(seed: UInt64, archive: [UInt8]) {
        random = SeededGenerator(seed: seed)
        self.archive = archive
    }

    func shown(_ request: EngineRequest) -> String {
        let body: String
        if case .bytes(let bytes) = request.body { body = String(decoding: bytes, as: UTF8.self) } else { body = "" }
        return "\(request.method) \(request.path) \(request.query) \(body)"
    }

    mutating func next() -> EngineRequest {
        let subject = "/containers/\(Self.subject)"
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1, 2: return document("/containers/create", Self.creation)
        case 3, 4: return document("\(subject)/update", Self.limits)
        case 5: return document("\(subject)/exec", Self.exec)
        case 6: return document("/volumes/create", Self.volume)
        case 7: return document("/networks/create", ["Name": "net", "Driver": "bridge", "Labels": ["a": "b"]])
        case 8: return tar()
        case 9:
            let (method, path, names) = Self.acts.randomElement(using: &random) ?? ("POST", "/kill", ["signal"])
            return EngineRequest(method, subject + path, query: query(names), bodyDeadline: .seconds(20))
        default:
            let (method, path, names) = Self.lists.randomElement(using: &random) ?? ("GET", "/containers/json", [])
            return EngineRequest(method, path, query: query(names), bodyDeadline: .seconds(20))
        }
    }

    // MARK: - Bodies

    private mutating func document(_ path: String, _ template: JSONValue) -> EngineRequest {
        var bytes = Array(changed(template, one: 24).text().utf8)
        if Int.random(in: 0..<8, using: &random) == 0 {
            bytes.mutate(words: ["null", "{", "]", "\"", "\\u0000", "\\ud800", "1e999", "[[[[[[[["], using: &random)
        }
        return EngineRequest("POST", path, headers: [("Content-Type", "application/json")], body: .bytes(bytes))
    }

    /// A copy in which about one value of `one` is another.
    private mutating func changed(_ value: JSONValue, one: Int) -> JSONValue {
        guard Int.random(in: 0..<one, using: &random) > 0 else { return oddValue(like: value) }
        switch value {
        case .array(let values): return .array(values.map { changed($0, one: one) })
        case .object(let object):
            return .object(
                JSONObject(
                    members: object.members.map { member in
                        let name = Int.random(in: 0..<200, using: &random) == 0 ? oddText() : member.name
                        return JSONObject.Member(name: name, value: changed(member.value, one: one))
                    }))
        default: return value
        }
    }

    /// Mostly of the same kind, since another is refused before it is looked at.
    private mutating func oddValue(like value: JSONValue) -> JSONValue {
        if Int.random(in: 0..<6, using: &random) == 0 {
            return [.null, true, 0, "x", [], [:], [[[]]], ["": ""]].randomElement(using: &random) ?? .null
        }
        switch value {
        case .number:
            let digits = Self.numbers.randomElement(using: &random) ?? "0"
            return (try? JSONValue.parse(digits)) ?? .null
        case .string: return .string(oddText())
        case .bool(let flag): return .bool(!flag)
        case .array(let values): return .array(values + values + [.string(oddText())])
        case .object(let object):
            let member = JSONObject.Member(name: oddText(), value: object.members.first?.value ?? .string(oddText()))
            return .object(JSONObject(members: object.members + [member]))
        case .null: return .string(oddText())
        }
    }

    private mutating func oddText() -> String {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return Self.numbers.randomElement(using: &random) ?? "0"
        case 1:
            return Self.numbers.randomElement(using: &random).map {
                "\($0)\(["s", "g", "m", "/udp"][Int.random(in: 0..<4, using: &random)])"
            } ?? ""
        default: return Self.texts.randomElement(using: &random) ?? ""
        }
    }

    private mutating func query(_ names: [String]) -> [(name: String, value: String)] {
        names.compactMap { name in
            guard Int.random(in: 0..<3, using: &random) > 0 else { return nil }
            guard name == "filters" else { return (name, oddText()) }
            let keys = ["until", "label", "status", "exited", "name", "since", "before", "dangling", "event", "health"]
            let key = keys.randomElement(using: &random) ?? "label"
            return (name, changed([key: .array([.string(oddText())])], one: 40).text())
        }
    }

    private mutating func tar() -> EngineRequest {
        var bytes = archive
        bytes.mutate(words: ["\u{1f}\u{8b}\u{8}", "ustar", "../", "\0\0\0\0", "7777777"], using: &random)
        let type = ("Content-Type", "application/x-tar")
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            return EngineRequest(
                "PUT", "/containers/\(Self.subject)/archive",
                query: [("path", "/tmp")] + query(["noOverwriteDirNonDir"]),
                headers: [type], body: .bytes(bytes))
        case 1: return EngineRequest("POST", "/images/load", headers: [type], body: .bytes(bytes))
        default:
            return EngineRequest(
                "POST", "/images/create", query: [("fromSrc", "-")] + query(["repo", "tag", "changes", "platform"]),
                headers: [type], body: .bytes(bytes))
        }
    }

    // MARK: - What is changed, and into what

    private static let numbers = [
        "0", "-1", "1", "2", "7", "999", "-0", "0.5", "1e400", "1.999999999999", "65536", "2147483647", "-2147483648",
        "4294967296", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551616",
    ]

    private static let texts = [
        "", " ", "\u{0}", "=", ":", "/", "a:b:c", "..", "../../x", "/", "SIGRTMIN+2147483647", "SIGRTMAX-31",
        "RTMIN+-2147483648", "1.\u{0663}\u{0663}\u{0663}\u{0663}\u{0663}\u{0663}", "٣", "\u{10FFFF}", "-", "container:",
        "container:subject", "host", "none", "private", "ctrl-a,ctrl-", "0-65535", "80-79/tcp", "[::1]:1", "0-1,",
        "0-99999999",
        "2024-02-30T25:61:61.9999999999Z", "1h99999999999999999s", "on-failure", "all", "name=value=more", "%", "{}",
        String(repeating: "y", count: 5000), "0x10", "+5", "subject", "runtime-test:1",
    ]

    /// Never both for a stop: one that waits for ever, after a signal that the process does not hear, has no answer.
    private static let acts: [(String, String, [String])] = [
        ("POST", "/stop", ["t"]), ("POST", "/stop", ["signal"]), ("POST", "/restart", ["t"]),
        ("POST", "/restart", ["signal"]), ("POST", "/kill", ["signal"]),
        ("POST", "/resize", ["h", "w"]), ("POST", "/rename", ["name"]), ("GET", "/top", ["ps_args"]),
        ("GET", "/logs", ["stdout", "stderr", "tail", "since", "until", "timestamps"]), ("GET", "/json", ["size"]),
        ("GET", "/archive", ["path"]), ("HEAD", "/archive", ["path"]), ("GET", "/changes", []), ("POST", "/pause", []),
        ("POST", "/unpause", []), ("DELETE", "", ["v", "link", "force"]),
    ]

    private static let lists: [(String, String, [String])] = [
        ("GET", "/containers/json", ["all", "limit", "size", "filters"]), ("GET", "/images/json", ["all", "filters"]),
        ("GET", "/volumes", ["filters"]), ("GET", "/networks", ["filters"]), ("GET", "/system/df", ["type"]),
        ("POST", "/containers/prune", ["filters"]), ("POST", "/volumes/prune", ["filters"]),
        ("POST", "/networks/prune", ["filters"]), ("GET", "/images/runtime-test:1/json", ["manifests"]),
        ("GET", "/images/runtime-test:1/history", ["platform"]), ("GET", "/images/get", ["names"]),
        ("POST", "/images/runtime-test:1/tag", ["repo", "tag"]),
    ]

    private static let limits: JSONValue = [
        "CpuShares": 512, "Memory": 536_870_912, "NanoCpus": 1_500_000_000, "BlkioWeight": 300, "CpuPeriod": 100_000,
        "CpuQuota": 50_000, "CpusetCpus": "0", "CpusetMems": "0", "MemoryReservation": 268_435_456,
        "MemorySwap": 1_073_741_824, "MemorySwappiness": 10, "OomKillDisable": false, "PidsLimit": 100,
        "RestartPolicy": ["Name": "on-failure", "MaximumRetryCount": 5],
    ]

    private static let exec: JSONValue = [
        "AttachStdin": false, "AttachStdout": true, "DetachKeys": "ctrl-p,ctrl-q", "Tty": true, "Env": ["A=b"],
        "Cmd": ["/bin/probe", "true"], "User": "1:2", "WorkingDir": "/tmp", "ConsoleSize": [24, 80],
    ]

    private static let volume: JSONValue = [
        "Name": "cargo", "Driver": "local", "DriverOpts": ["type": "tmpfs", "device": "tmpfs", "o": "size=1m"],
        "Labels": ["a": "b"],
    ]

    /// No path of the host's: what is created here is started, too.
    private static let creation: JSONValue = [
        "Hostname": "host", "Domainname": "dom", "User": "1:2", "AttachStdout": true, "ExposedPorts": ["90/udp": [:]],
        "Tty": false, "OpenStdin": true, "StdinOnce": true, "Env": ["A=1", "B"], "Cmd": ["/bin/probe", "true"],
        "Healthcheck": [
            "Test": ["CMD-SHELL", "true"], "Interval": 5_000_000, "Timeout": 6_000_000, "StartPeriod": 7_000_000,
            "StartInterval": 8_000_000, "Retries": 2,
        ],
        "Image": "runtime-test:1", "Volumes": ["/v": [:]], "WorkingDir": "/tmp", "Labels": ["a": "b"],
        "StopSignal": "SIGINT", "StopTimeout": 7,
        "HostConfig": [
            "LogConfig": ["Type": "json-file", "Config": ["max-size": "1m", "max-file": "2"]],
            "NetworkMode": "none", "PortBindings": ["80/tcp": [["HostIp": "127.0.0.1", "HostPort": "0"]]],
            "RestartPolicy": ["Name": "no", "MaximumRetryCount": 0], "AutoRemove": false,
            "Mounts": [["Type": "tmpfs", "Target": "/m", "TmpfsOptions": ["SizeBytes": 4096, "Mode": 448]]],
            "ConsoleSize": [40, 90], "CapAdd": ["NET_ADMIN"], "CapDrop": ["ALL"], "CgroupnsMode": "private",
            "Dns": ["8.8.8.8"], "DnsOptions": ["ndots:2"], "DnsSearch": ["example.com"], "ExtraHosts": ["a:1.2.3.4"],
            "GroupAdd": ["10"], "IpcMode": "private", "OomScoreAdj": 100, "PidMode": "", "ReadonlyRootfs": true,
            "SecurityOpt": ["no-new-privileges"], "Tmpfs": ["/run": "size=64m"], "UTSMode": "", "ShmSize": 33_554_432,
            "Sysctls": ["net.ipv4.ip_forward": "1"], "CpuShares": 512, "Memory": 536_870_912, "NanoCpus": 1_500_000_000,
            "CpusetCpus": "0", "MemoryReservation": 268_435_456, "MemorySwap": 1_073_741_824, "PidsLimit": 100,
            "Ulimits": [["Name": "nofile", "Hard": 1024, "Soft": 512]], "DeviceCgroupRules": ["c 1:3 r"],
            "MaskedPaths": ["/proc/kcore"], "ReadonlyPaths": ["/proc/sys"], "Init": true,
        ],
    ]
}
