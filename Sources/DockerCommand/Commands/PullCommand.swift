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
        let credentials = RegistryCredentials(
            configuration: context.configuration, environment: context.io.environment)
        let (auth, warning) = await credentials.header(for: full.domain)
        if let warning { try await context.io.warn(warning) }
        let stream = try await context.open(
            "POST", "/images/create", query: query,
            headers: [("X-Registry-Auth", auth), ("Content-Type", "text/plain")],
            headDeadline: unboundedWait)
        if isCommand { await context.io.onReady() }
        try await ProgressPrinter.run(stream, context.io, toError: toError, isQuiet: context.flags.bool("quiet"))
    }
}

/// Progress of pull, load and import on the command's streams.
enum ProgressPrinter {
    static func run(_ stream: EngineStream, _ io: CommandIO, toError: Bool = false, isQuiet: Bool = false) async throws
    {
        var display = ProgressDisplay(
            isTerminal: toError ? io.isStderrTTY : io.isStdoutTTY, width: { io.windowSize()?.columns ?? 200 },
            zone: io.zone, now: io.now)
        for try await (value, _) in stream.jsonValues() {
            if let detail = value["errorDetail"]?["message"]?.string ?? value["error"]?.string {
                throw CommandFailure(detail)
            }
            guard !isQuiet else { continue }
            let bytes = Array(display.text(value).utf8)
            guard !bytes.isEmpty else { continue }
            if toError { try await io.writeError(bytes) } else { try await io.writeOutput(bytes) }
        }
    }
}
