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
            query.append((name, try Timestamp.parameter(context.flags.string(name), now: context.io.now())))
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
                try await context.io.print(event.text(.init(escapesHTML: true)))
            } else {
                try await context.io.print(text(event))
            }
        }
        return 0
    }

    private static func text(_ event: JSONValue) -> String {
        let nanoseconds = event["timeNano"]?.int64 ?? (event["time"]?.int64 ?? 0) * 1_000_000_000
        let fraction = String(nanoseconds % 1_000_000_000)
        let moment = CivilTime(nanoseconds / 1_000_000_000)
        let zone = "." + String(repeating: "0", count: max(0, 9 - fraction.count)) + fraction + "Z"
        let actor = event["Actor"]
        let attributes = (actor?["Attributes"]?.object?.members ?? []).sorted { $0.name < $1.name }
            .map { "\($0.name)=\($0.value.string ?? "")" }
        var words = [
            moment.text(separator: "T", zone: zone), event["Type"]?.string ?? "", event["Action"]?.string ?? "",
            actor?["ID"]?.string ?? "",
        ]
        if !attributes.isEmpty { words.append("(\(attributes.joined(separator: ", ")))") }
        return words.joined(separator: " ")
    }
}

/// `docker system df`.
enum DiskUsageCommand {
    static let run: @Sendable (CommandContext) async throws -> Int32 = { context in
        let usage = try await context.json("GET", "/system/df", headDeadline: unboundedWait)
        let images = usage["Images"]?.array ?? [], containers = usage["Containers"]?.array ?? []
        let volumes = usage["Volumes"]?.array ?? [], cache = usage["BuildCache"]?.array ?? []
        func sum(_ list: [JSONValue], _ size: (JSONValue) -> Double?) -> Double { list.compactMap(size).reduce(0, +) }
        let layers = usage["LayersSize"]?.double ?? 0
        let usedImages = images.filter { ($0["Containers"]?.int64 ?? 0) > 0 }
        let freeImages =
            layers
            - sum(usedImages) { image in
                let size = image["Size"]?.double ?? -1, shared = image["SharedSize"]?.double ?? -1
                return size == -1 || shared == -1 ? nil : size - shared
            }
        let isActive: (JSONValue) -> Bool = { container in
            ["running", "paused", "restarting"].contains(container["State"]?.string ?? "")
        }
        let usedVolumes = volumes.filter { ($0["UsageData"]?["RefCount"]?.int64 ?? 0) > 0 }
        let volumeSize: (JSONValue) -> Double? = { volume in
            (volume["UsageData"]?["Size"]?.double).flatMap { $0 < 0 ? nil : $0 }
        }
        let cacheUse = cache.filter { $0["InUse"]?.bool == true }
        let rows = [
            row("Images", images.count, usedImages.count, layers, freeImages),
            row(
                "Containers", containers.count, containers.count(where: isActive),
                sum(containers) { $0["SizeRw"]?.double },
                sum(containers.filter { !isActive($0) }) { $0["SizeRw"]?.double }),
            row(
                "Local Volumes", volumes.count, usedVolumes.count, sum(volumes, volumeSize),
                sum(volumes.filter { ($0["UsageData"]?["RefCount"]?.int64 ?? 0) == 0 }, volumeSize)),
            row(
                "Build Cache", cache.count, cacheUse.count, sum(cache) { $0["Size"]?.double },
                sum(cache.filter { $0["InUse"]?.bool != true && $0["Shared"]?.bool != true }) { $0["Size"]?.double }),
        ]
        let layout = ListFormat(
            columns: [
                .init("TYPE", "Type"), .init("TOTAL", "TotalCount"), .init("ACTIVE", "Active"), .init("SIZE", "Size"),
                .init("RECLAIMABLE", "Reclaimable"),
            ], typeName: "formatter.diskUsageContext")
        try await context.io.write(try layout.render(rows, format: context.flags.string("format")))
        return 0
    }

    private static func row(_ type: String, _ total: Int, _ active: Int, _ size: Double, _ free: Double)
        -> ListFormat.Row
    {
        let percent = size > 0 && type != "Build Cache" ? " (\(Int((free * 100 / size).rounded(.down)))%)" : ""
        return ListFormat.Row(fields: [
            "Type": .string(type), "TotalCount": .string(String(total)), "Active": .string(String(active)),
            "Size": .string(Units.humanSize(size, precision: 4)),
            "Reclaimable": .string(Units.humanSize(free, precision: 4) + percent),
        ])
    }
}
