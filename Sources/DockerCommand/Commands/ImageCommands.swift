import DockerAPI
import DockerClient
import RawJSON

/// The table of commands on images.
enum ImageCommands {
    private static let platform = FlagSpec.string("--platform", "Platform of the image, where there are several")
    private static let format = FlagSpec.string("-f, --format", "Print with a Go template, or json")

    static let all: [CommandSpec] = [
        CommandSpec(
            names: ContainerCommands.imageNames("pull"), usage: ["[OPTIONS] NAME[:TAG|@DIGEST]"],
            summary: "Download an image from a registry",
            flags: [
                .bool("-a, --all-tags", "Download every tag of the repository"),
                .bool("--disable-content-trust", default: true, "Skip image verification"), platform,
                .bool("-q, --quiet", "Suppress verbose output"),
            ], arity: .exactly(1), images: .first, execute: PullCommand.run),
        CommandSpec(
            names: [["image", "ls"], ["image", "list"], ["images"]], usage: ["[OPTIONS] [REPOSITORY[:TAG]]"],
            summary: "List images",
            flags: [
                .bool("-a, --all", "Show intermediate images too"), .bool("--digests", "Show digests"),
                ContainerCommands.filter, .string("--format", ContainerCommands.formatUsage),
                .bool("--no-trunc", "Cut nothing short"), .bool("-q, --quiet", "Print IDs only"),
                .bool("--tree", "List multi-platform images as a tree (experimental in docker)"),
            ], arity: .atMost(1), images: .first, takesFilter: true, isRepeatable: true, execute: ListCommands.images),
        CommandSpec(
            names: [["image", "rm"], ["image", "remove"], ["rmi"]], usage: ["[OPTIONS] IMAGE [IMAGE...]"],
            summary: "Remove one or more images",
            flags: [
                .bool("-f, --force", "Force the removal"), .bool("--no-prune", "Keep untagged parents"),
                .strings("--platform", "Remove only this platform's variant"),
            ], arity: .atLeast(1), images: .all, execute: ImageActions.remove),
        CommandSpec(
            names: [["image", "inspect"]], usage: ["[OPTIONS] IMAGE [IMAGE...]"],
            summary: "Display detailed information on one or more images", flags: [format, platform],
            arity: .atLeast(1), images: .all, isRepeatable: true, execute: InspectCommands.image),
        CommandSpec(
            names: ContainerCommands.imageNames("history"), usage: ["[OPTIONS] IMAGE"],
            summary: "Show the history of an image",
            flags: [
                .string("--format", ContainerCommands.formatUsage),
                .bool("-H, --human", default: true, "Print sizes and dates for people"),
                .bool("--no-trunc", "Cut nothing short"), platform, .bool("-q, --quiet", "Print IDs only"),
            ], arity: .exactly(1), images: .first, isRepeatable: true, execute: ImageActions.history),
        CommandSpec(
            names: ContainerCommands.imageNames("tag"), usage: ["SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]"],
            summary: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE", arity: .exactly(2), images: .all,
            execute: ImageActions.tag),
        CommandSpec(
            names: ContainerCommands.imageNames("save"), usage: ["[OPTIONS] IMAGE [IMAGE...]"],
            summary: "Save one or more images to a tar archive (streamed to STDOUT by default)",
            flags: [.string("-o, --output", "Write to a file, instead of STDOUT"), platform], arity: .atLeast(1),
            images: .all, isRepeatable: true, execute: ArchiveCommands.save),
        CommandSpec(
            names: ContainerCommands.imageNames("load"), usage: ["[OPTIONS]"],
            summary: "Load an image from a tar archive or STDIN",
            flags: [
                .string("-i, --input", "Read from a file, instead of STDIN"), platform,
                .bool("-q, --quiet", "Suppress the output of loading"),
            ], arity: .none, execute: ArchiveCommands.load),
        CommandSpec(
            names: ContainerCommands.imageNames("import"), usage: ["[OPTIONS] file|URL|- [REPOSITORY[:TAG]]"],
            summary: "Import the contents from a tarball to create a filesystem image",
            flags: [
                .list("-c, --change", "Apply a Dockerfile instruction"),
                .string("-m, --message", "Message of the image"),
                platform,
            ], arity: .atLeast(1), images: .second, execute: ArchiveCommands.importImage),
        CommandSpec(
            names: [["image", "prune"]], usage: ["[OPTIONS]"], summary: "Remove unused images",
            flags: [
                .bool("-a, --all", "Remove all unused images, not only dangling ones"), ContainerCommands.pruneFilter,
                ContainerCommands.force,
            ], arity: .none, takesFilter: true, execute: PruneCommands.images),
    ]
}

extension ContainerCommands {
    static func imageNames(_ name: String) -> [[String]] { [["image", name], [name]] }
}

/// What the small commands on images do.
enum ImageActions {
    typealias Execute = @Sendable (CommandContext) async throws -> Int32

    static let remove: Execute = { context in
        var query: CommandContext.Query = []
        if context.flags.bool("force") { query.append(("force", "1")) }
        if context.flags.bool("no-prune") { query.append(("noprune", "1")) }
        var failures: [DaemonFailure] = []
        for name in context.arguments {
            do {
                let answer = try await context.json(
                    "DELETE", "/images/\(CommandContext.escape(name))", query: query, headDeadline: unboundedWait)
                for item in answer.array ?? [] {
                    if let deleted = item["Deleted"]?.string { try await context.io.print("Deleted: \(deleted)") }
                    if let untagged = item["Untagged"]?.string { try await context.io.print("Untagged: \(untagged)") }
                }
            } catch let failure as DaemonFailure {
                failures.append(failure)
            }
        }
        for failure in failures { try await context.io.warn(failure.description) }
        let isFatal = failures.contains { $0.status != 404 } || !failures.isEmpty && !context.flags.bool("force")
        return isFatal ? 1 : 0
    }

    static let tag: Execute = { context in
        let target: ImageReference
        do {
            _ = try ImageReference(parsing: context.arguments[0])
            target = try ImageReference(parsing: context.arguments[1])
        } catch {
            throw CommandFailure("Error parsing reference: \(error)")
        }
        guard target.digest == nil else { throw CommandFailure("refusing to create a tag with a digest reference") }
        try await context.call(
            "POST", "/images/\(CommandContext.escape(context.arguments[0]))/tag",
            query: [("repo", target.name), ("tag", target.withDefaultTag.tag ?? "latest")])
        return 0
    }

    static let history: Execute = { context in
        let flags = context.flags
        let layers =
            try await context.json(
                "GET", "/images/\(CommandContext.escape(context.arguments[0]))/history",
                query: InspectCommands.platform(context)
            ).array ?? []
        let isHuman = flags.bool("human", default: true), cutsShort = !flags.bool("no-trunc")
        let now = context.io.now()
        let format = flags.string("format")
        let rows = layers.map { layer in
            let id = layer["Id"]?.string ?? "", created = layer["Created"]?.int64 ?? 0
            let size = layer["Size"]?.double ?? 0
            let by = (layer["CreatedBy"]?.string ?? "").map { $0 == "\t" ? " " : String($0) }.joined()
            let at = Units.rfc3339(created, context.io.zone(created))
            return ListFormat.Row(fields: [
                "ID": .string(cutsShort ? Shorten.id(id) : id),
                "CreatedSince": .string(
                    created <= -62_135_596_800 ? "N/A" : (isHuman ? Units.humanDuration(now - created) + " ago" : at)),
                "CreatedAt": .string(created <= -62_135_596_800 ? "N/A" : at),
                "CreatedBy": .string(cutsShort ? Shorten.ellipsis(by, 45) : by),
                "Size": .string(isHuman ? Units.humanSize(size) : String(layer["Size"]?.int64 ?? 0)),
                "Comment": layer["Comment"] ?? "",
            ])
        }
        if flags.bool("quiet"), format.isEmpty {
            for row in rows { try await context.io.print(row.fields["ID"]?.string ?? "") }
            return 0
        }
        let layout = ListFormat(
            columns: [
                .init("IMAGE", "ID"), isHuman ? .init("CREATED", "CreatedSince") : .init("CREATED AT", "CreatedAt"),
                .init("CREATED BY", "CreatedBy"), .init("SIZE", "Size"), .init("COMMENT", "Comment"),
            ],
            headers: ["CreatedAt": "CREATED AT", "CreatedSince": "CREATED"], typeName: "image.historyContext")
        try await context.io.write(try layout.render(rows, format: format))
        return 0
    }
}
