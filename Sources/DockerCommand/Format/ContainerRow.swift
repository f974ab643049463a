import DockerAPI
import RawJSON

/// One container of `GET /containers/json` as a row of `docker ps`.
enum ContainerRow {
    static func format(size: Bool) -> ListFormat {
        var columns: [ListFormat.Column] = [
            .init("CONTAINER ID", "ID"), .init("IMAGE", "Image"), .init("COMMAND", "Command"),
            .init("CREATED", "RunningFor"), .init("STATUS", "Status"), .init("PORTS", "Ports"), .init("NAMES", "Names"),
        ]
        if size { columns.append(.init("SIZE", "Size")) }
        return ListFormat(
            columns: columns,
            headers: [
                "CreatedAt": "CREATED AT", "Labels": "LABELS", "LocalVolumes": "LOCAL VOLUMES", "Mounts": "MOUNTS",
                "Networks": "NETWORKS", "Platform": "PLATFORM", "Size": "SIZE", "State": "STATE",
            ],
            typeName: "formatter.ContainerContext")
    }

    static func row(_ container: JSONValue, truncate: Bool, io: CommandIO) -> ListFormat.Row {
        let id = container["Id"]?.string ?? ""
        let created = container["Created"]?.int64 ?? 0
        let command = container["Command"]?.string ?? ""
        let mounts = container["Mounts"]?.array ?? []
        let labels = container["Labels"]?.object?.members ?? []
        let descriptor = container["ImageManifestDescriptor"]?["platform"]
        let fields: [String: JSONValue] = [
            "ID": .string(truncate ? Shorten.id(id) : id),
            "Names": .string(names(container, truncate: truncate)),
            "Image": .string(image(container, truncate: truncate)),
            "Command": .string(GoValue.quote(truncate ? Shorten.ellipsis(command, 20) : command)),
            "CreatedAt": .string(Units.goTime(created, io.zone(created))),
            "RunningFor": .string(Units.humanDuration(io.now() - created) + " ago"),
            "Ports": .string(PortList.text(container["Ports"]?.array ?? [])),
            "State": container["State"] ?? "", "Status": container["Status"] ?? "",
            "Size": .string(size(container)),
            "Labels": .string(labels.map { "\($0.name)=\($0.value.string ?? "")" }.sorted().joined(separator: ",")),
            "LocalVolumes": .string(String(mounts.count { $0["Driver"]?.string == "local" })),
            "Mounts": .string(
                mounts.map { mount in
                    let name = mount["Name"]?.string ?? ""
                    let text = name.isEmpty ? mount["Source"]?.string ?? "" : name
                    return truncate ? Shorten.ellipsis(text, 15) : text
                }.joined(separator: ",")),
            "Networks": .string(
                (container["NetworkSettings"]?["Networks"]?.object?.names ?? []).sorted().joined(separator: ",")),
            "Platform": descriptor ?? .null,
        ]
        var byName: [String: String] = [:]
        for label in labels { byName[label.name] = label.value.string }
        return ListFormat.Row(fields: fields, labels: byName)
    }

    private static func names(_ container: JSONValue, truncate: Bool) -> String {
        let names = (container["Names"]?.array ?? []).compactMap(\.string).map {
            $0.hasPrefix("/") ? String($0.dropFirst()) : $0
        }
        // Further names are those given by links of other containers.
        return (truncate ? names.filter { !$0.contains("/") } : names).joined(separator: ",")
    }

    private static func image(_ container: JSONValue, truncate: Bool) -> String {
        let image = container["Image"]?.string ?? ""
        guard !image.isEmpty else { return "<no image>" }
        guard truncate else { return image }
        let short = Shorten.id(container["ImageID"]?.string ?? "")
        if !short.isEmpty, short == Shorten.id(image) { return short }
        guard let reference = try? ImageReference(parsing: image), reference.digest != nil, let tag = reference.tag
        else {
            return image
        }
        return "\(reference.familiarName):\(tag)"
    }

    private static func size(_ container: JSONValue) -> String {
        let own = Units.humanSize(container["SizeRw"]?.double ?? 0)
        guard let all = container["SizeRootFs"]?.double, all > 0 else { return own }
        return "\(own) (virtual \(Units.humanSize(all)))"
    }
}

/// Published and exposed ports as `docker ps` writes them, neighbours joined into ranges.
enum PortList {
    private struct Port {
        var ip: String
        var privatePort: Int64
        var publicPort: Int64
        var type: String
    }

    static func text(_ ports: [JSONValue]) -> String {
        let all = ports.map { port in
            Port(
                ip: port["IP"]?.string ?? "", privatePort: port["PrivatePort"]?.int64 ?? 0,
                publicPort: port["PublicPort"]?.int64 ?? 0, type: port["Type"]?.string ?? "")
        }.sorted { ($0.privatePort, $0.ip, $0.publicPort, $0.type) < ($1.privatePort, $1.ip, $1.publicPort, $1.type) }
        var groups: [String: (first: Int64, last: Int64)] = [:]
        var order: [String] = []
        var result: [String] = []
        var hostMappings: [String] = []
        for port in all {
            var key = port.type
            if !port.ip.isEmpty {
                guard port.publicPort == port.privatePort else {
                    let host = port.ip.contains(":") ? "[\(port.ip)]" : port.ip
                    hostMappings.append("\(host):\(port.publicPort)->\(port.privatePort)/\(port.type)")
                    continue
                }
                key = "\(port.ip)/\(port.type)"
            }
            guard let group = groups[key] else {
                groups[key] = (port.privatePort, port.privatePort)
                order.append(key)
                continue
            }
            if port.privatePort == group.last + 1 {
                groups[key] = (group.first, port.privatePort)
            } else {
                result.append(text(key, group))
                groups[key] = (port.privatePort, port.privatePort)
            }
        }
        for key in order { if let group = groups[key] { result.append(text(key, group)) } }
        return (result + hostMappings).joined(separator: ", ")
    }

    private static func text(_ key: String, _ group: (first: Int64, last: Int64)) -> String {
        let range = group.first == group.last ? "\(group.first)" : "\(group.first)-\(group.last)"
        let parts = key.split(separator: "/").map(String.init)
        guard parts.count == 2 else { return "\(range)/\(key)" }
        let host = parts[0].contains(":") ? "[\(parts[0])]" : parts[0]
        return "\(host):\(range)->\(range)/\(parts[1])"
    }
}
