import DockerAPI
import DockerClient
import RawJSON

/// `docker pull`, and the pulling that `run` and `create` do.
enum PullCommand {
    static let run: @Sendable (CommandContext) async throws -> Int32 = { context in
        let flags = context.flags
        var reference: ImageReference
        do { reference = try ImageReference(parsing: context.arguments[0]) } catch { throw CommandFailure("\(error)") }
        if flags.bool("all-tags") {
            guard reference.isNameOnly else { throw CommandFailure("tag can't be used with --all-tags/-a") }
        } else if reference.isNameOnly {
            reference = reference.withDefaultTag
            if !flags.bool("quiet") { try await context.io.print("Using default tag: latest") }
        }
        let platform =
            flags.isSet("platform") ? flags.string("platform") : context.io.environment["DOCKER_DEFAULT_PLATFORM"] ?? ""
        try await pull(context, reference, platform: platform, allTags: flags.bool("all-tags"), isCommand: true)
        try await context.io.print(reference.description)
        return 0
    }

    /// - Parameter toError: progress goes to standard error, as `run` prints it.
    static func pull(
        _ context: CommandContext, _ reference: ImageReference, platform: String, toError: Bool = false,
        allTags: Bool = false, isCommand: Bool = false
    ) async throws {
        let full = allTags ? reference : reference.withDefaultTag
        // docker.io is left out of no name: the daemon is asked for docker.io/library/nginx.
        var query: CommandContext.Query = [("fromImage", full.name)]
        if let digest = full.digest {
            query.append(("tag", digest))
        } else if let tag = full.tag {
            query.append(("tag", tag))
        }
        if !platform.isEmpty { query.append(("platform", platform.lowercased())) }
        let auth = RegistryCredentials(environment: context.io.environment).header(for: full.domain)
        let stream = try await context.open(
            "POST", "/images/create", query: query,
            headers: [("X-Registry-Auth", auth), ("Content-Type", "text/plain")],
            headDeadline: unboundedWait)
        if isCommand { await context.io.onReady() }
        try await ProgressPrinter.run(stream, context.io, toError: toError, isQuiet: context.flags.bool("quiet"))
    }
}

/// Progress of pull, load and import as docker prints it where there is no terminal.
enum ProgressPrinter {
    static func run(_ stream: EngineStream, _ io: CommandIO, toError: Bool = false, isQuiet: Bool = false) async throws
    {
        for try await (value, _) in stream.jsonValues() {
            if let detail = value["errorDetail"]?["message"]?.string ?? value["error"]?.string {
                throw CommandFailure(detail)
            }
            guard !isQuiet, let line = text(value) else { continue }
            if toError { try await io.writeError(Array(line.utf8)) } else { try await io.write(line) }
        }
    }

    /// Bars are for terminals: what carries progress is left out.
    private static func text(_ value: JSONValue) -> String? {
        if let stream = value["stream"]?.string { return stream }
        if value["progressDetail"]?.object?.members.isEmpty == false { return nil }
        guard let status = value["status"]?.string else { return nil }
        let id = value["id"]?.string.map { $0.isEmpty ? "" : "\($0): " } ?? ""
        let from = value["from"]?.string.map { $0.isEmpty ? "" : "(from \($0)) " } ?? ""
        return "\(id)\(from)\(status)\n"
    }
}
