import DockerClient
import RawJSON

/// `docker stats`: one table of the first samples with `--no-stream`, otherwise a table for every round of samples.
enum StatsCommand {
    static let run: @Sendable (CommandContext) async throws -> Int32 = { context in
        var names = context.arguments
        if names.isEmpty {
            let query: CommandContext.Query = context.flags.bool("all") ? [("all", "1")] : []
            names = (try await context.json("GET", "/containers/json", query: query).array ?? [])
                .compactMap { $0["Id"]?.string.map(Shorten.id) }
        }
        _ = try await context.negotiatedVersion()
        await context.io.onReady()
        repeat {
            let rows = try await sample(context, names)
            try await context.io.write(try layout.render(rows, format: context.format("statsFormat")))
            try Task.checkCancellation()
        } while !context.flags.bool("no-stream")
        return 0
    }

    /// One sample of each; the daemon takes a second for the two readings that a percentage needs.
    private static func sample(_ context: CommandContext, _ names: [String]) async throws -> [ListFormat.Row] {
        try await withThrowingTaskGroup(of: (Int, ListFormat.Row).self) { group in
            for (index, name) in names.enumerated() {
                group.addTask {
                    let stats = try await context.json(
                        "GET", "/containers/\(CommandContext.escape(name))/stats", query: [("stream", "0")])
                    return (index, row(stats, asked: name, truncate: !context.flags.bool("no-trunc")))
                }
            }
            var rows: [(Int, ListFormat.Row)] = []
            for try await row in group { rows.append(row) }
            return rows.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private static let layout = ListFormat(
        columns: [
            .init("CONTAINER ID", "ID"), .init("NAME", "Name"), .init("CPU %", "CPUPerc"),
            .init("MEM USAGE / LIMIT", "MemUsage"), .init("MEM %", "MemPerc"), .init("NET I/O", "NetIO"),
            .init("BLOCK I/O", "BlockIO"), .init("PIDS", "PIDs"),
        ], headers: ["Container": "CONTAINER"], typeName: "container.statsContext")

    private static func row(_ stats: JSONValue, asked: String, truncate: Bool) -> ListFormat.Row {
        func value(_ path: String...) -> Double { path.reduce(stats) { $0[$1] ?? .null }.double ?? 0 }
        let cpu = value("cpu_stats", "cpu_usage", "total_usage") - value("precpu_stats", "cpu_usage", "total_usage")
        let system = value("cpu_stats", "system_cpu_usage") - value("precpu_stats", "system_cpu_usage")
        let online = value("cpu_stats", "online_cpus")
        let percent = cpu > 0 && system > 0 ? cpu / system * online * 100 : 0
        // What can be dropped at once does not count: inactive file pages (cgroup v1, then v2).
        let usage = value("memory_stats", "usage")
        let inactive =
            [value("memory_stats", "stats", "total_inactive_file"), value("memory_stats", "stats", "inactive_file")]
            .first { $0 > 0 && $0 < usage } ?? 0
        let memory = usage - inactive, limit = value("memory_stats", "limit")
        var received = 0.0, sent = 0.0
        for network in stats["networks"]?.object?.members ?? [] {
            received += network.value["rx_bytes"]?.double ?? 0
            sent += network.value["tx_bytes"]?.double ?? 0
        }
        var read = 0.0, written = 0.0
        for entry in stats["blkio_stats"]?["io_service_bytes_recursive"]?.array ?? [] {
            switch entry["op"]?.string?.first {
            case "r", "R": read += entry["value"]?.double ?? 0
            case "w", "W": written += entry["value"]?.double ?? 0
            default: break
            }
        }
        let id = stats["id"]?.string ?? asked, name = stats["name"]?.string ?? ""
        return ListFormat.Row(fields: [
            "Container": .string(asked), "ID": .string(truncate ? Shorten.id(id) : id),
            "Name": .string(String(name.drop { $0 == "/" })),
            "CPUPerc": .string(Decimal.fixed(percent, digits: 2) + "%"),
            "MemUsage": .string("\(Units.bytesSize(memory)) / \(Units.bytesSize(limit))"),
            "MemPerc": .string(Decimal.fixed(limit > 0 ? memory / limit * 100 : 0, digits: 2) + "%"),
            "NetIO": .string("\(Units.humanSize(received)) / \(Units.humanSize(sent))"),
            "BlockIO": .string("\(Units.humanSize(read)) / \(Units.humanSize(written))"),
            "PIDs": .string(String(stats["pids_stats"]?["current"]?.int64 ?? 0)),
        ])
    }
}
