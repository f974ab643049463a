import DockerClient
import RawJSON

/// `inspect` of every kind, and the small commands that show one container.
enum InspectCommands {
    typealias Execute = @Sendable (CommandContext) async throws -> Int32

    static let container: Execute = { context in
        try await InspectPrinter.run(context) {
            try await context.json("GET", path("containers", $0) + "/json", query: size(context))
        }
    }
    static let image: Execute = { context in
        try await InspectPrinter.run(context) {
            try await context.json("GET", path("images", $0) + "/json", query: platform(context))
        }
    }
    static let volume: Execute = { context in
        try await InspectPrinter.run(context) { try await context.json("GET", path("volumes", $0)) }
    }
    static let network: Execute = { context in
        let query: CommandContext.Query = context.flags.bool("verbose") ? [("verbose", "true")] : []
        return try await InspectPrinter.run(context) {
            try await context.json("GET", path("networks", $0), query: query)
        }
    }

    /// `docker inspect`: every kind of object in docker's order until one is found.
    static let anything: Execute = { context in
        let type = context.flags.string("type")
        if context.flags.isSet("type"), type.isEmpty {
            throw CommandFailure("type is empty: must be one of \"\(kinds.joined(separator: "\", \""))\"")
        }
        guard type.isEmpty || kinds.contains(type) else {
            throw CommandFailure(
                "unknown type: \"\(type)\": must be one of \"\(kinds.joined(separator: "\", \""))\"")
        }
        return try await InspectPrinter.run(context) { name in
            guard type.isEmpty else { return try await fetch(type, name, context) }
            for kind in ["container", "image", "network", "volume", "plugin"] {
                // The swarm's kinds stand between volume and plugin, asked only where the daemon manages one.
                if kind == "plugin" { if let object = try await ofSwarm(name, context) { return object } }
                do { return try await fetch(kind, name, context) } catch let failure as DaemonFailure
                    where isAbsent(failure)
                {}
            }
            throw CommandFailure("Error: No such object: \(name)")
        }
    }

    private static let kinds = [
        "config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume",
    ]

    private static func isAbsent(_ failure: DaemonFailure) -> Bool { [404, 501].contains(failure.status) }

    private static func ofSwarm(_ name: String, _ context: CommandContext) async throws -> JSONValue? {
        let info = try await context.json("GET", "/info")
        guard info["Swarm"]?["ControlAvailable"]?.bool == true else { return nil }
        for kind in ["service", "task", "node", "secret"] {
            do { return try await fetch(kind, name, context) } catch let failure as DaemonFailure
                where isAbsent(failure)
            {}
        }
        return nil
    }

    private static func fetch(_ kind: String, _ name: String, _ context: CommandContext) async throws -> JSONValue {
        switch kind {
        case "container": try await context.json("GET", path("containers", name) + "/json", query: size(context))
        case "image": try await context.json("GET", path("images", name) + "/json")
        case "plugin": try await context.json("GET", path("plugins", name) + "/json")
        default: try await context.json("GET", path("\(kind)s", name))
        }
    }

    private static func path(_ collection: String, _ name: String) -> String {
        "/\(collection)/\(CommandContext.escape(name))"
    }
    private static func size(_ context: CommandContext) -> CommandContext.Query {
        context.flags.bool("size") ? [("size", "1")] : []
    }
    static func platform(_ context: CommandContext) -> CommandContext.Query {
        guard context.flags.isSet("platform") else { return [] }
        let parts = context.flags.string("platform").split(separator: "/").map(String.init)
        var object = JSONObject(members: [
            member("architecture", .string(parts.dropFirst().first ?? "")), member("os", .string(parts.first ?? "")),
        ])
        if parts.count > 2 { object["variant"] = .string(parts[2]) }
        return [("platform", JSONValue.object(object).text())]
    }

    static let top: Execute = { context in
        let options = context.arguments.dropFirst().joined(separator: " ")
        let answer = try await context.json(
            "GET", path("containers", context.arguments[0]) + "/top",
            query: options.isEmpty ? [] : [("ps_args", options)])
        let rows = [answer["Titles"]] + (answer["Processes"]?.array ?? []).map { $0 }
        let lines = rows.map { row in (row?.array ?? []).map(GoFormat.text).joined(separator: "\t") + "\n" }
        try await context.io.write(Table(minimumWidth: 20, padding: 1).align(lines.joined()))
        return 0
    }

    static let diff: Execute = { context in
        let changes = try await context.json("GET", path("containers", context.arguments[0]) + "/changes").array ?? []
        for change in changes {
            let kind = ["C", "A", "D"][Int(min(2, max(0, change["Kind"]?.int64 ?? 0)))]
            try await context.io.print("\(kind) \(change["Path"]?.string ?? "")")
        }
        return 0
    }

    static let port: Execute = { context in
        let name = context.arguments[0]
        let container = try await context.json("GET", path("containers", name) + "/json")
        let ports = container["NetworkSettings"]?["Ports"]?.object ?? JSONObject()
        func addresses(_ bindings: JSONValue) -> [String] {
            (bindings.array ?? []).map { binding in
                let ip = binding["HostIp"]?.string ?? ""
                return "\(ip.contains(":") ? "[\(ip)]" : ip):\(binding["HostPort"]?.string ?? "")"
            }
        }
        guard context.arguments.count == 2 else {
            let lines = ports.members.flatMap { port in
                addresses(port.value).map { (port.name, "\(port.name) -> \($0)") }
            }
            for line in lines.sorted(by: { (portNumber($0.0), $0.1) < (portNumber($1.0), $1.1) }) {
                try await context.io.print(line.1)
            }
            return 0
        }
        let word = context.arguments[1]
        let parts = word.split(separator: "/", maxSplits: 1).map(String.init)
        guard let number = parts.first, UInt16(number) != nil else {
            throw CommandFailure("Error: invalid port (\(word))")
        }
        let found = ports["\(number)/\(parts.count == 2 ? parts[1] : "tcp")"].map(addresses) ?? []
        guard !found.isEmpty else { throw CommandFailure("Error: No public port '\(word)' published for \(name)") }
        for address in found { try await context.io.print(address) }
        return 0
    }

    private static func portNumber(_ port: String) -> Int { Int(port.prefix(while: \.isNumber)) ?? 0 }
}
