import DockerClient
import RawJSON

/// `prune` of each kind.
enum PruneCommands {
    typealias Execute = @Sendable (CommandContext) async throws -> Int32

    static let containers: Execute = { context in
        try await prune(
            context, "/containers/prune", warning: "This will remove all stopped containers.",
            title: "Deleted Containers:",
            items: { ($0["ContainersDeleted"]?.array ?? []).compactMap(\.string) })
    }

    static let images: Execute = { context in
        let all = context.flags.bool("all")
        return try await prune(
            context, "/images/prune", adding: [("dangling", all ? "false" : "true")],
            warning: all
                ? "This will remove all images without at least one container associated to them."
                : "This will remove all dangling images.",
            title: "Deleted Images:",
            items: { answer in
                (answer["ImagesDeleted"]?.array ?? []).compactMap { item in
                    item["Untagged"]?.string.map { "untagged: \($0)" }
                        ?? item["Deleted"]?.string.map { "deleted: \($0)" }
                }
            })
    }

    static let volumes: Execute = { context in
        let all = context.flags.bool("all")
        return try await prune(
            context, "/volumes/prune", adding: all ? [("all", "true")] : [],
            warning: all
                ? "This will remove all local volumes not used by at least one container."
                : "This will remove anonymous local volumes not used by at least one container.",
            title: "Deleted Volumes:", items: { ($0["VolumesDeleted"]?.array ?? []).compactMap(\.string) })
    }

    static let networks: Execute = { context in
        try await prune(
            context, "/networks/prune",
            warning: "This will remove all custom networks not used by at least one container.",
            title: "Deleted Networks:", reportsSpace: false,
            items: { ($0["NetworksDeleted"]?.array ?? []).compactMap(\.string) })
    }

    private static func prune(
        _ context: CommandContext, _ path: String, adding: [(String, String)] = [], warning: String, title: String,
        reportsSpace: Bool = true, items: (JSONValue) -> [String]
    ) async throws -> Int32 {
        if !context.flags.bool("force"), try await !confirmed(context, warning) {
            throw CommandFailure(
                title.isEmpty ? "" : "\(title.dropFirst(8).dropLast().lowercased().dropLast()) prune has been cancelled"
            )
        }
        let query = try ListCommands.filters(context, adding: adding)
        let answer = try await context.json("POST", path, query: query, headDeadline: unboundedWait)
        let deleted = items(answer)
        if !deleted.isEmpty { try await context.io.write(title + "\n" + deleted.map { $0 + "\n" }.joined() + "\n") }
        if reportsSpace {
            let space = Units.humanSize(answer["SpaceReclaimed"]?.double ?? 0, precision: 4)
            try await context.io.print("Total reclaimed space: \(space)")
        }
        return 0
    }

    private static func confirmed(_ context: CommandContext, _ warning: String) async throws -> Bool {
        try await context.io.write("WARNING! \(warning)\nAre you sure you want to continue? [y/N] ")
        var answer: [UInt8] = []
        while !answer.contains(UInt8(ascii: "\n")), answer.count < 1024, let bytes = try await context.io.readInput() {
            answer += bytes
        }
        return ["y", "yes"].contains(String(decoding: answer, as: UTF8.self).trimmingSpaces().lowercased())
    }
}
