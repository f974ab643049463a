import DockerAPI
import DockerClient
import RawJSON

/// `ps`, `images`, `volume ls`, `network ls`.
enum ListCommands {
    static let containers: @Sendable (CommandContext) async throws -> Int32 = { context in
        let flags = context.flags
        let last = flags.bool("latest") ? 1 : flags.int("last", default: -1)
        let format = context.format("psFormat")
        // docker reads the template first, to see whether it asks for sizes.
        _ = try Template.format(format, prefix: "failed to parse template")
        var query = try filters(context)
        if flags.bool("all") { query.append(("all", "1")) }
        if last > 0 { query.append(("limit", String(last))) }
        if flags.bool("size") || format.contains(".Size") { query.append(("size", "1")) }
        let list = try await context.json("GET", "/containers/json", query: query).array ?? []
        if flags.bool("quiet"), format.isEmpty || format == "table" {
            for container in list { try await context.io.print(id(container, context)) }
            return 0
        }
        let rows = list.map { ContainerRow.row($0, truncate: !flags.bool("no-trunc"), io: context.io) }
        try await context.io.write(try ContainerRow.format(size: flags.bool("size")).render(rows, format: format))
        return 0
    }

    static let images: @Sendable (CommandContext) async throws -> Int32 = { context in
        let flags = context.flags
        if flags.bool("tree") { return try await imageTree(context) }
        var query = try filters(context, reference: context.arguments.first)
        if flags.bool("all") { query.append(("all", "1")) }
        let list = try await context.json("GET", "/images/json", query: query).array ?? []
        let format = context.format("imagesFormat")
        if flags.bool("quiet"), format.isEmpty || format == "table" {
            for image in list {
                let names = ImageRow.rows(image, truncate: false, digests: flags.bool("digests"), io: context.io)
                for _ in names { try await context.io.print(id(image, context)) }
            }
            return 0
        }
        let digests = flags.bool("digests")
        let rows = list.flatMap {
            ImageRow.rows(
                $0, truncate: !flags.bool("no-trunc"), digests: digests || format.contains(".Digest"),
                io: context.io)
        }
        try await context.io.write(try ImageRow.format(digests: digests).render(rows, format: format))
        return 0
    }

    private static func imageTree(_ context: CommandContext) async throws -> Int32 {
        let flags = context.flags
        for (flag, shown) in [("quiet", "quiet"), ("no-trunc", "no-trunc"), ("digests", "show-digest")]
        where flags.bool(flag) {
            throw CommandFailure("--\(shown) is not yet supported with --tree")
        }
        if flags.isSet("format") { throw CommandFailure("--format is not yet supported with --tree") }
        let version = try await context.negotiatedVersion()
        guard version >= APIVersion(major: 1, minor: 47) else {
            throw CommandFailure(
                "\"--tree\" requires API version 1.47, but the Docker daemon API version is \(version)")
        }
        var query = try filters(context, reference: context.arguments.first)
        if flags.bool("all") { query.append(("all", "1")) }
        query.append(("manifests", "1"))
        let list = try await context.json("GET", "/images/json", query: query).array ?? []
        let columns = context.io.isStdoutTTY ? context.io.windowSize()?.columns ?? 0 : nil
        try await context.io.write(ImageTree(list, all: flags.bool("all"), columns: columns).text)
        return 0
    }

    static let volumes: @Sendable (CommandContext) async throws -> Int32 = { context in
        let answer = try await context.json("GET", "/volumes", query: try filters(context))
        let volumes = (answer["Volumes"]?.array ?? []).sorted { natural($0["Name"], $1["Name"]) }
        let format = context.format("volumesFormat")
        if context.flags.bool("quiet"), format.isEmpty {
            for volume in volumes { try await context.io.print(volume["Name"]?.string ?? "") }
            return 0
        }
        try await context.io.write(try VolumeRow.format.render(volumes.map { VolumeRow.row($0) }, format: format))
        return 0
    }

    static let networks: @Sendable (CommandContext) async throws -> Int32 = { context in
        let networks = (try await context.json("GET", "/networks", query: try filters(context)).array ?? [])
            .sorted { natural($0["Name"], $1["Name"]) }
        let format = context.format("networksFormat")
        if context.flags.bool("quiet"), format.isEmpty {
            for network in networks { try await context.io.print(id(network, context)) }
            return 0
        }
        let rows = networks.map { network in
            let labels = strings(network["Labels"])
            return ListFormat.Row(
                fields: [
                    "ID": .string(id(network, context)), "Name": network["Name"] ?? "",
                    "Driver": network["Driver"] ?? "", "Scope": network["Scope"] ?? "",
                    "IPv4": .string(network["EnableIPv4"]?.bool == false ? "false" : "true"),
                    "IPv6": .string(network["EnableIPv6"]?.bool == true ? "true" : "false"),
                    "Internal": .string(network["Internal"]?.bool == true ? "true" : "false"),
                    "Labels": .string(joined(labels)),
                    "CreatedAt": .string(moment(network["Created"]?.string ?? "", context.io)),
                ], labels: labels)
        }
        let layout = ListFormat(
            columns: [
                .init("NETWORK ID", "ID"), .init("NAME", "Name"), .init("DRIVER", "Driver"), .init("SCOPE", "Scope"),
            ],
            headers: [
                "IPv4": "IPV4", "IPv6": "IPV6", "Internal": "INTERNAL", "Labels": "LABELS", "CreatedAt": "CREATED AT",
            ],
            typeName: "network.networkContext")
        try await context.io.write(try layout.render(rows, format: format))
        return 0
    }

    /// The `filters` parameter of `--filter`, left out where there are none.
    static func filters(
        _ context: CommandContext, reference: String? = nil, adding: [(String, String)] = []
    ) throws(ValueError) -> CommandContext.Query {
        var filters = Filters()
        for text in context.flags.list("filter") where !text.isEmpty {
            let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard pair.count == 2 else { throw ValueError("invalid filter '\(text)'") }
            filters.add(pair[0].trimmingSpaces().lowercased(), pair[1].trimmingSpaces())
        }
        if let reference { filters.add("reference", reference) }
        for (name, value) in adding where !filters.contains(name) { filters.add(name, value) }
        return filters.isEmpty ? [] : [("filters", filters.text)]
    }

    static func strings(_ value: JSONValue?) -> [String: String] {
        var result: [String: String] = [:]
        for member in value?.object?.members ?? [] { result[member.name] = member.value.string ?? "" }
        return result
    }

    static func joined(_ labels: [String: String]) -> String {
        labels.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ",")
    }

    private static func id(_ object: JSONValue, _ context: CommandContext) -> String {
        let id = object["Id"]?.string ?? object["ID"]?.string ?? ""
        return context.flags.bool("no-trunc") ? id : Shorten.id(id)
    }

    /// A moment of the daemon's as Go writes it: under the zone's name where that is the zone here.
    static func moment(_ text: String, _ io: CommandIO) -> String {
        guard let moment = CivilTime.parse(text) else { return text }
        var fraction = String(text.drop { $0 != "." }.prefix { $0 != "Z" && $0 != "+" })
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let local = io.zone(moment.seconds)
        var zone = moment.offset == 0 ? .utc : LocalZone(offset: moment.offset, abbreviation: local.abbreviation)
        if moment.offset != 0, moment.offset != local.offset { zone.abbreviation = zone.sign() }
        return Units.goTime(moment.seconds, zone, fraction: fraction)
    }

    /// Names in natural order: runs of digits compare as numbers.
    private static func natural(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
        var a = Substring(left?.string ?? ""), b = Substring(right?.string ?? "")
        while let first = a.first, let second = b.first {
            if first.isNumber, second.isNumber {
                let x = a.prefix(while: \.isNumber), y = b.prefix(while: \.isNumber)
                if x != y { return (x.count, String(x)) < (y.count, String(y)) }
                a = a.dropFirst(x.count)
                b = b.dropFirst(y.count)
            } else {
                if first != second { return first < second }
                a = a.dropFirst()
                b = b.dropFirst()
            }
        }
        return a.isEmpty && !b.isEmpty
    }
}
