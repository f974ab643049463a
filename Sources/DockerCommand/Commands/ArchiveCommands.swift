import DockerAPI
import DockerClient
import RawJSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Commands that carry archives: `save`, `load`, `import`, `export`, and `commit`.
enum ArchiveCommands {
    typealias Execute = @Sendable (CommandContext) async throws -> Int32

    static let export: Execute = { context in
        try checkOutput(context)
        let stream = try await context.open(
            "GET", "/containers/\(CommandContext.escape(context.arguments[0]))/export", headDeadline: unboundedWait)
        try await write(stream, context)
        return 0
    }

    static let save: Execute = { context in
        try checkOutput(context)
        let stream = try await context.open(
            "GET", "/images/get", query: context.arguments.map { ("names", $0) } + InspectCommands.platform(context),
            headDeadline: unboundedWait)
        try await write(stream, context)
        return 0
    }

    static let load: Execute = { context in
        let input = context.flags.string("input")
        if input.isEmpty, context.io.isStdinTTY {
            throw CommandFailure("requested load from stdin, but stdin is empty")
        }
        let body = try FileStream.source(input.isEmpty ? "-" : input, context.io)
        let isQuiet = context.flags.bool("quiet") || !context.io.isStdoutTTY
        let stream = try await context.open(
            "POST", "/images/load", query: (isQuiet ? [("quiet", "1")] : []) + InspectCommands.platform(context),
            headers: [("Content-Type", "application/x-tar")], body: body, headDeadline: unboundedWait)
        try await ProgressPrinter.run(stream, context.io)
        return 0
    }

    static let importImage: Execute = { context in
        let source = context.arguments[0]
        let isRemote = source.hasPrefix("http://") || source.hasPrefix("https://")
        var query: CommandContext.Query = [("fromSrc", isRemote ? source : "-")]
        if context.arguments.count > 1 { query.append(("repo", context.arguments[1])) }
        if context.flags.isSet("message") { query.append(("message", context.flags.string("message"))) }
        if context.flags.isSet("platform") { query.append(("platform", context.flags.string("platform"))) }
        query += context.flags.list("change").map { ("changes", $0) }
        let body = isRemote ? EngineRequest.Body.none : try FileStream.source(source, context.io)
        let stream = try await context.open(
            "POST", "/images/create", query: query, headers: [("Content-Type", "text/plain")], body: body,
            headDeadline: unboundedWait)
        try await ProgressPrinter.run(stream, context.io)
        return 0
    }

    static let commit: Execute = { context in
        let flags = context.flags
        var query: CommandContext.Query = [("container", context.arguments[0])]
        if context.arguments.count > 1 {
            let reference: ImageReference
            do { reference = try ImageReference(parsing: context.arguments[1]) } catch {
                throw CommandFailure("\(error)")
            }
            query += [("repo", reference.name), ("tag", reference.withDefaultTag.tag ?? "latest")]
        }
        for (flag, name) in [("message", "comment"), ("author", "author")] where flags.isSet(flag) {
            query.append((name, flags.string(flag)))
        }
        query += flags.list("change").map { ("changes", $0) }
        if !flags.bool("pause", default: true) { query.append(("pause", "0")) }
        let answer = try await context.json("POST", "/commit", query: query, headDeadline: unboundedWait)
        try await context.io.print(answer["Id"]?.string ?? "")
        return 0
    }

    private static func checkOutput(_ context: CommandContext) throws {
        if !context.flags.isSet("output"), context.io.isStdoutTTY {
            throw CommandFailure("cowardly refusing to save to a terminal. Use the -o flag or redirect")
        }
    }

    private static func write(_ stream: EngineStream, _ context: CommandContext) async throws {
        await context.io.onReady()
        guard context.flags.isSet("output") else {
            for try await bytes in stream { try await context.io.writeOutput(bytes) }
            return
        }
        try await FileStream.write(stream, to: context.io.resolve(context.flags.string("output")))
    }
}
