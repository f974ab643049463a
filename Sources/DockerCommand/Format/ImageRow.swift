import DockerAPI
import RawJSON

/// Images of `GET /images/json` as rows of `docker images`: one a tag, or one a digest where digests are shown.
enum ImageRow {
    static func format(digests: Bool) -> ListFormat {
        var columns: [ListFormat.Column] = [.init("REPOSITORY", "Repository"), .init("TAG", "Tag")]
        if digests { columns.append(.init("DIGEST", "Digest")) }
        columns += [.init("IMAGE ID", "ID"), .init("CREATED", "CreatedSince"), .init("SIZE", "Size")]
        return ListFormat(
            columns: columns,
            headers: [
                "Digest": "DIGEST", "CreatedAt": "CREATED AT", "Containers": "CONTAINERS", "SharedSize": "SHARED SIZE",
                "UniqueSize": "UNIQUE SIZE", "VirtualSize": "VIRTUAL SIZE",
            ],
            typeName: "formatter.imageContext")
    }

    static func rows(_ image: JSONValue, truncate: Bool, digests: Bool, io: CommandIO) -> [ListFormat.Row] {
        names(image, digests: digests).map { name in
            let id = image["Id"]?.string ?? ""
            let created = image["Created"]?.int64 ?? 0
            let size = image["Size"]?.double ?? 0
            func optional(_ field: String) -> String {
                let value = image[field]?.double ?? -1
                return value < 0 ? "N/A" : Units.humanSize(value)
            }
            let containers = image["Containers"]?.int64 ?? -1
            return ListFormat.Row(fields: [
                "ID": .string(truncate ? Shorten.id(id) : id), "Repository": .string(name.repository),
                "Tag": .string(name.tag), "Digest": .string(name.digest),
                "CreatedSince": .string(created <= 0 ? "N/A" : Units.humanDuration(io.now() - created) + " ago"),
                "CreatedAt": .string(Units.goTime(created, io.zone(created))), "Size": .string(Units.humanSize(size)),
                "VirtualSize": .string(Units.humanSize(size, precision: 4)),
                "Containers": .string(containers == -1 ? "N/A" : String(containers)),
                "SharedSize": .string(optional("SharedSize")), "UniqueSize": "N/A",
            ])
        }
    }

    private struct Name {
        var repository = "<none>"
        var tag = "<none>"
        var digest = "<none>"
    }

    private static func names(_ image: JSONValue, digests: Bool) -> [Name] {
        let tags = references(image["RepoTags"]), digested = references(image["RepoDigests"])
        var names: [Name] = []
        for tagged in tags {
            let own = digested.filter { $0.familiarName == tagged.familiarName }.compactMap(\.digest)
            let name = Name(repository: tagged.familiarName, tag: tagged.tag ?? "<none>")
            if digests, !own.isEmpty {
                for digest in own { names.append(Name(repository: name.repository, tag: name.tag, digest: digest)) }
            } else {
                names.append(name)
            }
        }
        for reference in digested where !tags.contains(where: { $0.familiarName == reference.familiarName }) {
            names.append(Name(repository: reference.familiarName, digest: reference.digest ?? "<none>"))
        }
        return names.isEmpty ? [Name()] : names
    }

    private static func references(_ list: JSONValue?) -> [ImageReference] {
        (list?.array ?? []).compactMap { $0.string.flatMap { try? ImageReference(parsing: $0) } }
    }
}
