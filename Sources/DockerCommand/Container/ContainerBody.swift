import DockerAPI
import RawJSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The body of `POST /containers/create`, member by member as docker's CLI 28 writes it.
struct ContainerBody: Sendable {
    var image: String
    var attachStdin = false
    var attachStdout = false
    var attachStderr = false
    var isTTY: Bool
    var opensStdin: Bool
    var autoRemove: Bool
    var stdinOnce: Bool

    private var config: [JSONObject.Member] = []
    private var host: [JSONObject.Member] = []
    private var networks = JSONObject()
    private let flags: ParsedFlags

    /// The streams to attach to, `stdin` first, as `Attach…` of the configuration say.
    var attachesAny: Bool { attachStdin || attachStdout || attachStderr }

    /// - Throws: `ValueError` in docker's words for what it refuses without asking the daemon.
    init(_ context: CommandContext) throws(ValueError) {
        flags = context.flags
        let flags = context.flags
        image = context.arguments.first ?? ""
        isTTY = flags.bool("tty")
        opensStdin = flags.bool("interactive")
        autoRemove = flags.bool("rm")
        let streams = Set(flags.list("attach").map { $0.lowercased() })
        attachStdin = opensStdin || streams.contains("stdin")
        attachStdout = streams.isEmpty || streams.contains("stdout")
        attachStderr = streams.isEmpty || streams.contains("stderr")
        stdinOnce = opensStdin && attachStdin
        let swappiness = flags.int("memory-swappiness", default: -1)
        guard (-1...100).contains(swappiness) else {
            throw ValueError("invalid value: \(swappiness). Valid memory swappiness range is 0-100")
        }
        let volumes = Volumes(flags.list("volume"), context.io.currentDirectory)
        let ports = try PublishedPorts(publish: flags.list("publish"), expose: flags.list("expose"))
        let command = Array(context.arguments.dropFirst())
        config = try Self.process(context, command, ports, volumes)
        networks = try EndpointSettings.all(flags)
        host = try HostConfig(context, volumes: volumes, ports: ports).members
        let policy = try RestartPolicy(flags.string("restart", default: "no"))
        if autoRemove, !["", "no"].contains(policy.name) {
            throw ValueError("conflicting options: cannot specify both --restart and --rm")
        }
    }

    /// Detached: nothing is attached, and standard input stays open for whoever attaches next.
    mutating func detach() {
        attachStdin = false
        attachStdout = false
        attachStderr = false
        stdinOnce = false
    }

    /// The JSON, for this API version and terminal.
    func json(version: APIVersion, consoleSize: WindowSize?) -> JSONValue {
        var members: [JSONObject.Member] = [
            member("Hostname", .string(flags.string("hostname"))),
            member("Domainname", .string(flags.string("domainname"))),
            member("User", .string(flags.string("user"))),
            member("AttachStdin", .bool(attachStdin)), member("AttachStdout", .bool(attachStdout)),
            member("AttachStderr", .bool(attachStderr)),
        ]
        let streams = [
            member("Tty", .bool(isTTY)), member("OpenStdin", .bool(opensStdin)), member("StdinOnce", .bool(stdinOnce)),
        ]
        let exposed = config.prefix { $0.name == "ExposedPorts" }
        members += Array(exposed) + streams + Array(config.dropFirst(exposed.count))
        var body = JSONObject(members: members)
        body["Image"] = .string(image)
        if version < APIVersion(major: 1, minor: 44), flags.isSet("mac-address") {
            body["MacAddress"] = .string(flags.string("mac-address"))
        }
        var hostConfig = JSONObject(members: host)
        hostConfig["ConsoleSize"] = [.int(consoleSize?.rows ?? 0), .int(consoleSize?.columns ?? 0)]
        body["HostConfig"] = .object(hostConfig)
        body["NetworkingConfig"] = ["EndpointsConfig": .object(networks)]
        return .object(body)
    }

    private static func process(
        _ context: CommandContext, _ command: [String], _ ports: PublishedPorts, _ volumes: Volumes
    ) throws(ValueError) -> [JSONObject.Member] {
        let flags = context.flags
        var members: [JSONObject.Member] = []
        if !ports.exposed.isEmpty { members.append(member("ExposedPorts", keys(ports.exposed))) }
        members.append(member("Env", .stringsOrNull(try Environment.variables(context))))
        members.append(member("Cmd", .stringsOrNull(command)))
        if let health = try Healthcheck.json(flags) { members.append(member("Healthcheck", health)) }
        members.append(member("Image", .string(context.arguments.first ?? "")))
        members.append(member("Volumes", keys(volumes.anonymous)))
        members.append(member("WorkingDir", .string(flags.string("workdir"))))
        let entrypoint: JSONValue = flags.isSet("entrypoint") ? [.string(flags.string("entrypoint"))] : .null
        members += [member("Entrypoint", entrypoint), member("OnBuild", .null)]
        members.append(member("Labels", .strings(try Environment.labels(context))))
        if flags.isSet("stop-signal") { members.append(member("StopSignal", .string(flags.string("stop-signal")))) }
        if flags.isSet("stop-timeout") { members.append(member("StopTimeout", .int(flags.int("stop-timeout")))) }
        return members
    }

    static func keys(_ names: some Sequence<String>) -> JSONValue {
        .object(JSONObject(members: Set(names).sorted().map { member($0, .object(JSONObject())) }))
    }
}

func member(_ name: String, _ value: JSONValue) -> JSONObject.Member { JSONObject.Member(name: name, value: value) }

/// `-v`: anonymous volumes are part of the image's side, everything with a source is a bind.
struct Volumes: Sendable {
    var anonymous: [String] = []
    var binds: [String] = []

    init(_ specifications: [String], _ currentDirectory: String) {
        for text in specifications {
            guard let colon = text.firstIndex(of: ":") else {
                anonymous.append(text)
                continue
            }
            let source = String(text[..<colon])
            // Only what begins with a dot is a relative path; other words are names of volumes.
            let resolved = source.hasPrefix(".") ? PathName.clean(currentDirectory + "/" + source) : source
            let bind = resolved + text[colon...]
            if !binds.contains(bind) { binds.append(bind) }
        }
    }
}

/// `-p` and `--expose` together.
struct PublishedPorts: Sendable {
    var exposed: Set<String> = []
    var bindings: [String: [PortSpec]] = [:]

    init(publish: [String], expose: [String]) throws(ValueError) {
        for text in publish {
            for spec in try PortSpec.parse(PortSpec.standardNotation(text)) {
                exposed.insert(spec.containerPort)
                bindings[spec.containerPort, default: []].append(spec)
            }
        }
        for text in expose {
            guard !text.contains(":") else { throw ValueError("invalid port format for --expose: \(text)") }
            let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
            guard let range = parts.first.flatMap(PortSpec.range) else {
                throw ValueError(
                    "invalid range format for --expose: \(text), error: strconv.ParseUint: parsing \(GoValue.quote(parts.first ?? "")): invalid syntax"
                )
            }
            for port in range { exposed.insert("\(port)/\(parts.count == 2 ? parts[1].lowercased() : "tcp")") }
        }
    }

    var json: JSONValue {
        .object(
            JSONObject(
                members: bindings.sorted { $0.key < $1.key }.map { port, specs in
                    member(
                        port, .array(specs.map { ["HostIp": .string($0.hostIP), "HostPort": .string($0.hostPort)] }))
                }))
    }
}

/// `--health-*`.
enum Healthcheck {
    /// The `Healthcheck` of the configuration, or `nil` where no flag speaks of it.
    static func json(_ flags: ParsedFlags) throws(ValueError) -> JSONValue? {
        let durations = [
            ("Interval", try flags.duration("health-interval"), "--health-interval"),
            ("Timeout", try flags.duration("health-timeout"), "--health-timeout"),
            ("StartPeriod", try flags.duration("health-start-period"), "--health-start-period"),
            ("StartInterval", try flags.duration("health-start-interval"), "--health-start-interval"),
        ]
        let retries = flags.int("health-retries")
        let command = flags.string("health-cmd")
        let isSet = !command.isEmpty || retries != 0 || durations.contains { $0.1 != 0 }
        if flags.bool("no-healthcheck") {
            guard !isSet else { throw ValueError("--no-healthcheck conflicts with --health-* options") }
            return ["Test": ["NONE"]]
        }
        guard isSet else { return nil }
        var object = JSONObject()
        if !command.isEmpty { object["Test"] = ["CMD-SHELL", .string(command)] }
        for (name, value, flag) in durations {
            guard value >= 0 else { throw ValueError("\(flag) cannot be negative") }
            if value != 0 { object[name] = .int(value) }
        }
        guard retries >= 0 else { throw ValueError("--health-retries cannot be negative") }
        if retries != 0 { object["Retries"] = .int(retries) }
        return .object(object)
    }
}
