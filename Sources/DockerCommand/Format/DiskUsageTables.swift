import RawJSON

/// `docker system df -v`: images, containers, volumes and build cache, each in a table of its own.
struct DiskUsageTables: Sendable {
    let usage: DiskUsage
    let io: CommandIO

    static let faultPrefix = "template parsing error"

    func render(_ format: String) throws(CommandFailure) -> String {
        if format.isEmpty || format == "table" { return try tables() }
        let subject = JSONValue.object(
            JSONObject(members: [
                member("Images", .array(imageRows(truncate: false).map(\.json))),
                member("Containers", .array(containerRows(truncate: false).map(\.json))),
                member("Volumes", .array(volumeRows.map(\.json))),
                member("BuildCache", .array(cacheRows(truncate: false).map(\.json))),
            ]))
        if format == "json" { return subject.text(.init(escapesHTML: true)) }
        do {
            return try Template(ListFormat.unescaped(format)).execute(.init(value: subject))
        } catch {
            throw CommandFailure("\(Self.faultPrefix): \(error.message)")
        }
    }

    private func tables() throws(CommandFailure) -> String {
        try "Images space usage:\n\n" + Self.images.render(imageRows(truncate: true), format: "")
            + "\nContainers space usage:\n\n" + Self.containers.render(containerRows(truncate: true), format: "")
            + "\nLocal Volumes space usage:\n\n" + Self.volumes.render(volumeRows, format: "")
            + "\nBuild cache usage: \(Units.humanSize(usage.cacheSize, precision: 4))\n\n"
            + Self.cache.render(cacheRows(truncate: true), format: "")
    }

    private static let images = ListFormat(columns: [
        .init("REPOSITORY", "Repository"), .init("TAG", "Tag"), .init("IMAGE ID", "ID"),
        .init("CREATED", "CreatedSince"), .init("SIZE", "Size"), .init("SHARED SIZE", "SharedSize"),
        .init("UNIQUE SIZE", "UniqueSize"), .init("CONTAINERS", "Containers"),
    ])
    private static let containers = ListFormat(columns: [
        .init("CONTAINER ID", "ID"), .init("IMAGE", "Image"), .init("COMMAND", "Command"),
        .init("LOCAL VOLUMES", "LocalVolumes"), .init("SIZE", "Size"), .init("CREATED", "RunningFor"),
        .init("STATUS", "Status"), .init("NAMES", "Names"),
    ])
    private static let volumes = ListFormat(columns: [
        .init("VOLUME NAME", "Name"), .init("LINKS", "Links"), .init("SIZE", "Size"),
    ])
    private static let cache = ListFormat(columns: [
        .init("CACHE ID", "ID"), .init("CACHE TYPE", "CacheType"), .init("SIZE", "Size"),
        .init("CREATED", "CreatedSince"), .init("LAST USED", "LastUsedSince"), .init("USAGE", "UsageCount"),
        .init("SHARED", "Shared"),
    ])

    /// One row an image, under its first name.
    private func imageRows(truncate: Bool) -> [ListFormat.Row] {
        usage.images.compactMap { image in
            guard var row = ImageRow.rows(image, truncate: truncate, digests: false, io: io).first else { return nil }
            row.fields["Digest"] = ""
            let size = image["Size"]?.double ?? -1, shared = image["SharedSize"]?.double ?? -1
            if size != -1, shared != -1 {
                row.fields["UniqueSize"] = .string(Units.humanSize(size - shared, precision: 4))
            }
            return row
        }
    }

    private func containerRows(truncate: Bool) -> [ListFormat.Row] {
        usage.containers.map { container in
            var row = ContainerRow.row(container, truncate: truncate, io: io)
            // Sizes stand alone here.
            row.fields["Size"] = .string(Units.humanSize(container["SizeRw"]?.double ?? 0))
            return row
        }
    }

    private var volumeRows: [ListFormat.Row] { usage.volumes.map { VolumeRow.row($0) } }

    private func cacheRows(truncate: Bool) -> [ListFormat.Row] {
        usage.cache.map { record in
            func flag(_ name: String) -> Bool { record[name]?.bool == true }
            let id = record["ID"]?.string ?? ""
            let created = moment(record["CreatedAt"]), used = moment(record["LastUsedAt"])
            return ListFormat.Row(fields: [
                "ID": .string((truncate ? Shorten.id(id) : id) + (flag("InUse") ? "*" : "")),
                "Parent": record["Parent"] ?? "",
                "CacheType": record["Type"] ?? "", "Description": record["Description"] ?? "",
                "InUse": .string(String(flag("InUse"))), "Shared": .string(String(flag("Shared"))),
                "Size": .string(Units.humanSize(record["Size"]?.double ?? 0)),
                "CreatedAt": .string(created.text), "CreatedSince": .string(created.since),
                "LastUsedAt": .string(used.text), "LastUsedSince": .string(used.since),
                "UsageCount": .string(String(record["UsageCount"]?.int64 ?? 0)),
            ])
        }
    }

    private func moment(_ value: JSONValue?) -> (text: String, since: String) {
        guard let text = value?.string, let moment = CivilTime.parse(text) else { return ("", "") }
        return (
            ListCommands.moment(text, io), Units.humanDuration(io.now() - moment.seconds) + " ago"
        )
    }
}
