import DockerAPI
import DockerClient
import RawJSON

/// The table of commands on the daemon itself.
enum SystemCommands {
    private static let format = FlagSpec.string("-f, --format", "Print with a Go template, or json")

    static let all: [CommandSpec] = [
        CommandSpec(
            names: [["version"]], usage: ["[OPTIONS]"], summary: "Show the Docker version information", flags: [format],
            arity: .none, isRepeatable: true, execute: VersionCommand.run),
        CommandSpec(
            names: [["system", "info"], ["info"]], usage: ["[OPTIONS]"], summary: "Display system-wide information",
            flags: [format], arity: .none, isRepeatable: true, execute: InfoCommand.run),
        CommandSpec(
            names: [["inspect"]], usage: ["[OPTIONS] NAME|ID [NAME|ID...]"],
            summary: "Return low-level information on Docker objects",
            flags: [
                format, .bool("-s, --size", "Show sizes of containers"),
                .string("--type", "Inspect objects of this type only"),
            ], arity: .atLeast(1), images: .all, isRepeatable: true, execute: InspectCommands.anything),
        CommandSpec(
            names: [["system", "events"], ["events"]], usage: ["[OPTIONS]"],
            summary: "Get real time events from the server",
            flags: [
                ContainerCommands.filter, .string("--format", "Print with a Go template, or json"),
                .string("--since", "Show events since this time"), .string("--until", "Stop at this time"),
            ], arity: .none, isRepeatable: true, execute: EventsCommand.run),
        CommandSpec(
            names: [["system", "df"]], usage: ["[OPTIONS]"], summary: "Show docker disk usage",
            flags: [.string("--format", ContainerCommands.formatUsage), .bool("-v, --verbose", "Show each object")],
            arity: .none, isRepeatable: true, execute: DiskUsageCommand.run),
    ]
}

/// `docker events`.
enum EventsCommand {
    static let run: @Sendable (CommandContext) async throws -> Int32 = { context in
        let format = context.flags.string("format")
        let isTemplate = !format.isEmpty && format != "json"
        let template = isTemplate ? try Template.format(format, prefix: "Error parsing format", exitCode: 64) : nil
        var query = try ListCommands.filters(context)
        for name in ["since", "until"] where !context.flags.string(name).isEmpty {
            query.append((name, try Timestamp.parameter(context.flags.string(name), io: context.io)))
        }
        let stream = try await context.open("GET", "/events", query: query, headDeadline: unboundedWait)
        await context.io.onReady()
        for try await (event, _) in stream.jsonValues() {
            if let template {
                do { try await context.io.print(try template.execute(.init(value: event))) } catch let error
                    as TemplateError
                {
                    throw CommandFailure(error.message)
                }
            } else if format == "json" {
                try await context.io.print(event.text())
            } else {
                try await context.io.print(text(event, context.io.zone))
            }
        }
        return 0
    }

    private static func text(_ event: JSONValue, _ zone: (Int64) -> LocalZone) -> String {
        let nanoseconds = event["timeNano"]?.int64 ?? (event["time"]?.int64 ?? 0) * 1_000_000_000
        let fraction = String(nanoseconds % 1_000_000_000)
        let seconds = nanoseconds / 1_000_000_000
        let padded = "." + String(repeating: "0", count: max(0, 9 - fraction.count)) + fraction
        let actor = event["Actor"]
        let attributes = (actor?["Attributes"]?.object?.members ?? []).sorted { $0.name < $1.name }
            .map { "\($0.name)=\($0.value.string ?? "")" }
        var words = [
            Units.rfc3339(seconds, zone(seconds), fraction: padded), event["Type"]?.string ?? "",
            event["Action"]?.string ?? "",
            actor?["ID"]?.string ?? "",
        ]
        if !attributes.isEmpty { words.append("(\(attributes.joined(separator: ", ")))") }
        return words.joined(separator: " ")
    }
}
