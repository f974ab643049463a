import DockerAPI
import DockerClient
import RawJSON

/// `docker run`: create, attach, ask for the end, start, and stay until the container has ended.
enum RunCommand {
    static let run: @Sendable (CommandContext) async throws -> Int32 = { context in
        let flags = context.flags
        var body = try CreateCommand.bodyOrFail(context)
        if flags.bool("detach") {
            guard !flags.isSet("attach") else {
                throw CommandFailure("conflicting options: cannot specify both --attach and --detach")
            }
            body.detach()
        } else {
            try checkTTY(context, attachesStdin: body.attachStdin, isTTY: body.isTTY)
        }
        let keys = DetachKeys(context.detachKeys)
        let id: String
        do { id = try await CreateCommand.create(context, body) } catch { throw try refusal(error, context) }
        let attached = body
        return try await context.proxying(id, signals: flags.bool("sig-proxy", default: true) && attached.attachesAny) {
            try await started(context, id, attached, keys)
        }
    }

    /// `-it` needs a terminal on standard input.
    static func checkTTY(_ context: CommandContext, attachesStdin: Bool, isTTY: Bool) throws {
        if attachesStdin, isTTY, !context.io.isStdinTTY { throw CommandFailure("the input device is not a TTY") }
    }

    private static func started(
        _ context: CommandContext, _ id: String, _ body: ContainerBody, _ keys: DetachKeys
    ) async throws -> Int32 {
        let stream =
            body.attachesAny
            ? try await context.openAttach(
                id, stdin: body.attachStdin, stdout: body.attachStdout, stderr: body.attachStderr)
            : nil
        // The container exists whether or not it starts, so docker names it before it asks for the start.
        if stream == nil { try await context.io.print(id) }
        let wait = try await context.openWait(id, condition: body.autoRemove ? "removed" : "next-exit")
        do {
            try await context.call("POST", "/containers/\(id)/start", headDeadline: unboundedWait)
        } catch {
            await stream?.close()
            if body.autoRemove { _ = try await context.exitCode(wait) }
            await wait.close()
            throw try refusal(error, context)
        }
        await context.io.onReady()
        guard let stream else {
            await wait.close()
            return 0
        }
        let streams = AttachedStreams(
            stream: stream, io: context.io, isTTY: body.isTTY, takesInput: body.attachStdin, detachKeys: keys)
        let end = try await context.resizing("/containers/\(id)/resize", isTTY: body.isTTY) { try await streams.run() }
        if end == .detached {
            await wait.close()
            return 0
        }
        return try await context.exitCode(wait)
    }

    /// What docker makes of a refusal: 127 where the command does not exist, 126 where it cannot be executed, else 125.
    ///
    /// The daemon says which only in its message, be it an answer or the end of a pull; docker's CLI looks there too.
    private static func refusal(_ error: any Error, _ context: CommandContext) throws -> any Error {
        let message: String
        switch error {
        case let failure as DaemonFailure: message = failure.description
        case let failure as CommandFailure: message = failure.message
        case let failure as ValueError: message = failure.message
        default: return error
        }
        let absent = [
            "executable file not found", "no such file or directory", "system cannot find the file specified",
        ]
        let forbidden = ["permission denied", "is a directory"]
        func says(_ phrases: [String]) -> Bool { phrases.contains { message.contains($0) } }
        let isValue = error is ValueError
        let code: Int32 = !isValue && says(absent) ? 127 : (!isValue && says(forbidden) ? 126 : 125)
        return CreateCommand.withHelp(message, context, exitCode: code)
    }
}
