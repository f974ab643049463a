import RawJSON

/// The table of commands on volumes.
enum VolumeCommands {
    static let all: [CommandSpec] = [
        CommandSpec(
            names: [["volume", "create"]], usage: ["[OPTIONS] [VOLUME]"], summary: "Create a volume",
            flags: [
                .string("-d, --driver", default: "local", "Driver of the volume"),
                .list("--label", "Set a label", check: Environment.checkLabel),
                .list("-o, --opt", type: "map", default: "map[]", "Option of the driver"),
                FlagSpec.string("--name", "Name of the volume").deprecated("use the VOLUME argument"),
            ], arity: .atMost(1), takesLabels: true, execute: create),
        CommandSpec(
            names: [["volume", "ls"], ["volume", "list"]], usage: ["[OPTIONS]"], summary: "List volumes",
            flags: [
                ContainerCommands.filter, .string("--format", ContainerCommands.formatUsage),
                .bool("-q, --quiet", "Print names only"),
            ], arity: .none, takesFilter: true, isRepeatable: true, execute: ListCommands.volumes),
        CommandSpec(
            names: [["volume", "rm"], ["volume", "remove"]], usage: ["[OPTIONS] VOLUME [VOLUME...]"],
            summary: "Remove one or more volumes", flags: [.bool("-f, --force", "Force the removal")],
            arity: .atLeast(1), execute: remove),
        CommandSpec(
            names: [["volume", "inspect"]], usage: ["[OPTIONS] VOLUME [VOLUME...]"],
            summary: "Display detailed information on one or more volumes",
            flags: [.string("-f, --format", "Print with a Go template, or json")], arity: .atLeast(1),
            isRepeatable: true, execute: InspectCommands.volume),
        CommandSpec(
            names: [["volume", "prune"]], usage: ["[OPTIONS]"], summary: "Remove unused local volumes",
            flags: [
                .bool("-a, --all", "Remove named volumes too"), ContainerCommands.pruneFilter, ContainerCommands.force,
            ], arity: .none, takesFilter: true, execute: PruneCommands.volumes),
    ]

    private static let create: @Sendable (CommandContext) async throws -> Int32 = { context in
        let flags = context.flags
        let name = context.arguments.first ?? flags.string("name")
        if context.arguments.count == 1, flags.isSet("name") {
            throw CommandFailure(
                "conflicting options: cannot specify a volume-name through both --name and as a positional arg")
        }
        var body = JSONObject(members: [member("Driver", .string(flags.string("driver", default: "local")))])
        if flags.isSet("opt") { body["DriverOpts"] = .strings(Environment.keyValues(flags.list("opt"))) }
        if flags.isSet("label") { body["Labels"] = .strings(Environment.keyValues(flags.list("label"))) }
        if !name.isEmpty { body["Name"] = .string(name) }
        let answer = try await context.json("POST", "/volumes/create", body: .json(.object(body)))
        try await context.io.print(answer["Name"]?.string ?? "")
        return 0
    }

    private static let remove: @Sendable (CommandContext) async throws -> Int32 = { context in
        let query: CommandContext.Query = context.flags.bool("force") ? [("force", "1")] : []
        return try await context.each(atOnce: 1) { name in
            try await context.call("DELETE", "/volumes/\(CommandContext.escape(name))", query: query)
        }
    }
}
