import DockerAPI
import DockerClient
import RawJSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `docker create`: create, and where the image is absent pull it and create again.
enum CreateCommand {
    static let run: @Sendable (CommandContext) async throws -> Int32 = { context in
        let body = try bodyOrFail(context)
        do {
            let id = try await create(context, body)
            try await context.io.print(id)
            return 0
        } catch let failure as ValueError {
            throw CommandFailure(failure.message)
        }
    }

    /// The body, or the refusal of a flag's value, which ends in code 125.
    static func bodyOrFail(_ context: CommandContext) throws -> ContainerBody {
        do { return try ContainerBody(context) } catch {
            throw withHelp(error.message, context)
        }
    }

    static func withHelp(_ message: String, _ context: CommandContext, exitCode: Int32 = 125) -> CommandFailure {
        let command = context.invocation.command.hasSuffix("run") ? "run" : "create"
        return CommandFailure(
            "docker: \(message)\n\nRun 'docker \(command) --help' for more information", exitCode: exitCode)
    }

    /// Creates the container and answers its ID; warnings go to standard error, the ID into the `--cidfile`.
    static func create(_ context: CommandContext, _ body: ContainerBody) async throws -> String {
        let flags = context.flags
        let pull = flags.string("pull", default: "missing")
        guard ["always", "missing", "never"].contains(pull) else {
            throw ValueError("invalid pull option: '\(pull)': must be one of \"always\", \"missing\" or \"never\"")
        }
        let cidfile = flags.string("cidfile")
        guard !cidfile.isEmpty else { return try await createContainer(context, body, pull: pull) }
        let path = context.io.resolve(cidfile)
        guard !FileManager.default.fileExists(atPath: path) else {
            throw ValueError(
                "container ID file found, make sure the other container isn't running or delete \(cidfile)")
        }
        let file: FileStream.Handle
        do { file = try .init(path: path, shownAs: cidfile, flags: O_WRONLY | O_CREAT | O_TRUNC) } catch {
            throw CommandFailure("failed to create the container ID file: \(error.message)")
        }
        do {
            let id = try await createContainer(context, body, pull: pull)
            try file.write(Array(id.utf8))
            return id
        } catch {
            unlink(path)
            throw error
        }
    }

    private static func createContainer(
        _ context: CommandContext, _ body: ContainerBody, pull: String
    ) async throws -> String {
        let flags = context.flags
        let reference: ImageReference?
        do {
            reference =
                body.image.count == 64 && body.image.allSatisfy(\.isHexDigit)
                ? nil : try ImageReference(parsing: body.image)
        } catch { throw ValueError("\(error)") }
        let platform =
            flags.isSet("platform") ? flags.string("platform") : context.io.environment["DOCKER_DEFAULT_PLATFORM"] ?? ""
        if pull == "always", let reference {
            try await PullCommand.pull(context, reference, platform: platform, toError: true)
        }

        let response = try await send(context, body, platform) {
            guard pull == "missing", let reference else { return false }
            if !flags.bool("quiet") {
                try await context.io.warn("Unable to find image '\(reference.withDefaultTag.familiar)' locally")
            }
            try await PullCommand.pull(context, reference, platform: platform, toError: true)
            return true
        }
        for warning in response["Warnings"]?.array ?? [] {
            try await context.io.warn("WARNING: \(warning.string ?? "")")
        }
        return response["Id"]?.string ?? ""
    }

    /// Posts the body; on 404 for the image asks `pullMissing` once and posts again.
    private static func send(
        _ context: CommandContext, _ body: ContainerBody, _ platform: String, pullMissing: () async throws -> Bool
    ) async throws -> JSONValue {
        var query: CommandContext.Query = []
        if context.flags.isSet("name") { query.append(("name", context.flags.string("name"))) }
        if !platform.isEmpty { query.append(("platform", platform)) }
        let size = context.io.isStdoutTTY ? context.io.windowSize() : nil
        let json = body.json(version: try await context.negotiatedVersion(), consoleSize: size)
        do {
            return try await context.json(
                "POST", "/containers/create", query: query, body: .json(json), headDeadline: unboundedWait)
        } catch let failure as DaemonFailure where failure.status == 404 {
            guard try await pullMissing() else { throw failure }
            return try await context.json(
                "POST", "/containers/create", query: query, body: .json(json), headDeadline: unboundedWait)
        }
    }
}
