import RawJSON

/// `docker system df`: a line for each kind of object, or with `-v` a table for each.
enum DiskUsageCommand {
    static let run: @Sendable (CommandContext) async throws -> Int32 = { context in
        let usage = DiskUsage(try await context.json("GET", "/system/df", headDeadline: unboundedWait))
        let format = context.flags.string("format")
        let text =
            context.flags.bool("verbose")
            ? try DiskUsageTables(usage: usage, io: context.io).render(format)
            : try summary.render(usage.rows, format: format)
        try await context.io.write(text)
        return 0
    }

    private static let summary = ListFormat(
        columns: [
            .init("TYPE", "Type"), .init("TOTAL", "TotalCount"), .init("ACTIVE", "Active"), .init("SIZE", "Size"),
            .init("RECLAIMABLE", "Reclaimable"),
        ], typeName: "formatter.diskUsageImagesContext", faultPrefix: DiskUsageTables.faultPrefix)
}

/// The answer of `GET /system/df`, and what it adds up to.
struct DiskUsage: Sendable {
    let images: [JSONValue]
    let containers: [JSONValue]
    let volumes: [JSONValue]
    /// Records of the builder, those longest unused first.
    let cache: [JSONValue]
    private let layers: Double

    init(_ answer: JSONValue) {
        images = answer["Images"]?.array ?? []
        containers = answer["Containers"]?.array ?? []
        volumes = answer["Volumes"]?.array ?? []
        cache = (answer["BuildCache"]?.array ?? []).sorted { left, right in
            guard let a = left["LastUsedAt"]?.string else { return right["LastUsedAt"]?.string != nil }
            guard let b = right["LastUsedAt"]?.string else { return false }
            return (CivilTime.parse(a)?.seconds ?? 0) < (CivilTime.parse(b)?.seconds ?? 0)
        }
        layers = answer["LayersSize"]?.double ?? 0
    }

    /// What is shared with images counts there.
    var cacheSize: Double { Self.sum(cache) { $0["Shared"]?.bool == true ? nil : $0["Size"]?.double } }

    /// The rows of the summary.
    var rows: [ListFormat.Row] { [imageRow, containerRow, volumeRow, cacheRow] }

    private var imageRow: ListFormat.Row {
        let used = images.filter { ($0["Containers"]?.int64 ?? 0) > 0 }
        let own = Self.sum(used) { image in
            let size = image["Size"]?.double ?? -1, shared = image["SharedSize"]?.double ?? -1
            return size == -1 || shared == -1 ? nil : size - shared
        }
        return row("Images", images.count, used.count, layers, layers - own)
    }

    private var containerRow: ListFormat.Row {
        let idle = containers.filter {
            !["running", "paused", "restarting"].contains($0["State"]?.string ?? "")
        }
        return row(
            "Containers", containers.count, containers.count - idle.count,
            Self.sum(containers) { $0["SizeRw"]?.double },
            Self.sum(idle) { $0["SizeRw"]?.double })
    }

    private var volumeRow: ListFormat.Row {
        let used = volumes.count { ($0["UsageData"]?["RefCount"]?.int64 ?? 0) > 0 }
        let size: (JSONValue) -> Double? = { volume in
            (volume["UsageData"]?["Size"]?.double).flatMap { $0 < 0 ? nil : $0 }
        }
        let idle = volumes.filter { ($0["UsageData"]?["RefCount"]?.int64 ?? 0) == 0 }
        return row("Local Volumes", volumes.count, used, Self.sum(volumes, size), Self.sum(idle, size))
    }

    private var cacheRow: ListFormat.Row {
        let used = cache.count { $0["InUse"]?.bool == true }
        let idle = cache.filter { $0["InUse"]?.bool != true && $0["Shared"]?.bool != true }
        return row("Build Cache", cache.count, used, cacheSize, Self.sum(idle) { $0["Size"]?.double }, percent: false)
    }

    private func row(
        _ type: String, _ total: Int, _ active: Int, _ size: Double, _ free: Double, percent: Bool = true
    ) -> ListFormat.Row {
        let share = size > 0 && percent ? " (\(Int(free * 100 / size))%)" : ""
        return ListFormat.Row(fields: [
            "Type": .string(type), "TotalCount": .string(String(total)), "Active": .string(String(active)),
            "Size": .string(Units.humanSize(size, precision: 4)),
            "Reclaimable": .string(Units.humanSize(free, precision: 4) + share),
        ])
    }

    private static func sum(_ list: [JSONValue], _ size: (JSONValue) -> Double?) -> Double {
        list.compactMap(size).reduce(0, +)
    }
}
