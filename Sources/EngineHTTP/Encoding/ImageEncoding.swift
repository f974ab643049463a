import struct DockerAPI.APIVersion
import Engine
import ImageStore
import OCI
import RawJSON

extension Image {
    /// docker's `ImageInspect`.
    ///
    /// - Parameter directories: where the storage driver keeps it.
    func json(_ version: APIVersion) throws -> JSONValue {
        let document = try JSONValue.parse(configurationBytes)
        var members = JSONMembers(capacity: 24)
        members.add("Id", id.description)
        members.add("RepoTags", .texts(tags))
        members.add("RepoDigests", .texts(digests))
        members.add("Parent", "")
        members.add("Comment", configuration.history.last?.comment ?? "")
        if let created = configuration.created {
            members.add("Created", created)
        } else if version < APIVersion(major: 1, minor: 44) {
            members.add("Created", "0001-01-01T00:00:00Z")
        }
        if version < APIVersion(major: 1, minor: 45) {
            members.add("Container", document["container"]?.string ?? "")
            members.add("ContainerConfig", Self.config(document["container_config"], version))
        }
        members.add("DockerVersion", document["docker_version"]?.string ?? "")
        members.add("Author", configuration.author ?? "")
        members.add("Architecture", configuration.platform.architecture)
        if let variant = configuration.platform.variant { members.add("Variant", variant) }
        members.add("Os", configuration.platform.os)
        if let osVersion = document["os.version"]?.string, !osVersion.isEmpty { members.add("OsVersion", osVersion) }
        members.add("Size", size)
        if version < APIVersion(major: 1, minor: 44) { members.add("VirtualSize", size) }
        members.add("GraphDriver", ["Data": directories, "Name": "overlay2"])
        members.add(
            "RootFS", ["Type": "layers", "Layers": .texts(configuration.diffIDs.map(\.description))])
        let tagged = lastTagged == 0 ? nil : Timestamp(nanosecondsSince1970: lastTagged)
        members.add("Metadata", ["LastTagTime": .moment(tagged)])
        members.add("Config", Self.config(document["config"], version))
        return members.value
    }

    private var directories: JSONValue {
        var directories = lowerDirectories
        guard !directories.isEmpty else { return .null }
        var table = ["UpperDir": directories.removeFirst()]
        if !directories.isEmpty { table["LowerDir"] = directories.joined(separator: ":") }
        return .table(table)
    }

    /// The configuration as it came, with the members that docker's Go types always write.
    private static func config(_ value: JSONValue?, _ version: APIVersion) -> JSONValue {
        guard version < APIVersion(major: 1, minor: 52) else { return value ?? .null }
        var object = value?.object ?? JSONObject()
        for (name, fallback) in version < APIVersion(major: 1, minor: 50) ? legacyMembers : usualMembers
        where object[name] == nil {
            object[name] = fallback
        }
        object.members.sort { $0.name < $1.name }
        return .object(object)
    }

    private static let usualMembers: [(String, JSONValue)] = [
        ("Cmd", nil), ("Entrypoint", nil), ("Env", nil), ("Labels", nil), ("OnBuild", nil), ("User", ""),
        ("Volumes", nil), ("WorkingDir", ""),
    ]
    /// Members of containers' configurations, which images' had too until API 1.49.
    private static let legacyMembers: [(String, JSONValue)] =
        usualMembers + [
            ("AttachStderr", false), ("AttachStdin", false), ("AttachStdout", false), ("Domainname", ""),
            ("Hostname", ""), ("Image", ""), ("OpenStdin", false), ("StdinOnce", false), ("Tty", false),
        ]
}

extension ImageListing {
    /// docker's `ImageSummary`.
    func json(_ version: APIVersion) -> JSONValue {
        let isNameless = tags.isEmpty && digests.isEmpty
        // Clients before API 1.43 take an image without names to have these.
        let hasNoneNames = isNameless && version < APIVersion(major: 1, minor: 43)
        var members = JSONMembers()
        members.add("Containers", containers)
        members.add("Created", image.configuration.created.flatMap { Timestamp(parsing: $0) }?.seconds ?? 0)
        members.add("Id", image.id.description)
        let labels = image.configuration.execution.labels
        members.add(
            "Labels",
            labels.isEmpty
                ? .null : .table(Dictionary(labels.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })))
        members.add("ParentId", "")
        members.add("RepoDigests", .texts(hasNoneNames ? ["<none>@<none>"] : digests))
        members.add("RepoTags", .texts(hasNoneNames ? ["<none>:<none>"] : tags))
        members.add("SharedSize", sharedSize)
        members.add("Size", image.size)
        if version < APIVersion(major: 1, minor: 44) { members.add("VirtualSize", image.size) }
        return members.value
    }
}

extension HistoryLine {
    /// docker's `HistoryResponseItem`.
    var json: JSONValue {
        [
            "Comment": .string(comment),
            "Created": .integer(created.flatMap { Timestamp(parsing: $0) }?.seconds ?? 0),
            "CreatedBy": .string(createdBy), "Id": .string(id), "Size": .integer(size),
            "Tags": tags.isEmpty ? nil : .texts(tags),
        ]
    }
}

extension RemovalRecord {
    /// docker's `ImageDeleteResponseItem`.
    var json: JSONValue {
        switch self {
        case .untagged(let name, _): ["Untagged": .string(name)]
        case .deletedImage(let id): ["Deleted": .string(id.description)]
        case .deletedLayer(let id, _): ["Deleted": .string(id.description)]
        }
    }
}
