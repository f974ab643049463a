import DockerClient
import RawJSON

/// `docker exec`: inspect, create, start with the streams attached, and the exit code at the end.
enum ExecCommand {
    static let run: @Sendable (CommandContext) async throws -> Int32 = { context in
        let flags = context.flags
        let name = context.arguments[0]
        let isTTY = flags.bool("tty"), isDetached = flags.bool("detach")
        let takesInput = flags.bool("interactive") && !isDetached
        let keys = DetachKeys(context.detachKeys)
        let environment = try Environment.variables(context)
        // Asked first so that a container that is not there is named before anything about the terminal.
        try await context.call("GET", "/containers/\(CommandContext.escape(name))/json")
        if !isDetached { try RunCommand.checkTTY(context, attachesStdin: takesInput, isTTY: isTTY) }
        let size = isTTY && context.io.isStdoutTTY ? context.io.windowSize() : nil
        var body = JSONObject(members: [
            member("User", .string(flags.string("user"))), member("Privileged", .bool(flags.bool("privileged"))),
            member("Tty", .bool(isTTY)),
        ])
        if let size { body["ConsoleSize"] = consoleSize(size) }
        body.members += [
            member("AttachStdin", .bool(takesInput)), member("AttachStderr", .bool(!isDetached)),
            member("AttachStdout", .bool(!isDetached)), member("Detach", .bool(isDetached)),
            member("DetachKeys", .string(context.detachKeys)), member("Env", .stringsOrNull(environment)),
            member("WorkingDir", .string(flags.string("workdir"))),
            member("Cmd", .strings(Array(context.arguments.dropFirst()))),
        ]
        let created = try await context.json(
            "POST", "/containers/\(CommandContext.escape(name))/exec", body: .json(.object(body)))
        guard let id = created["Id"]?.string, !id.isEmpty else { throw CommandFailure("exec ID empty") }
        var start = JSONObject(members: [member("Detach", .bool(isDetached)), member("Tty", .bool(isTTY))])
        if let size { start["ConsoleSize"] = consoleSize(size) }
        guard !isDetached else {
            try await context.call(
                "POST", "/exec/\(id)/start", body: .json(.object(start)), headDeadline: unboundedWait)
            return 0
        }
        let stream = try await context.open(
            "POST", "/exec/\(id)/start", body: .json(.object(start)), upgrade: .tcp, headDeadline: unboundedWait)
        await context.io.onReady()
        let streams = AttachedStreams(
            stream: stream, io: context.io, isTTY: isTTY, takesInput: takesInput, detachKeys: keys)
        let end = try await context.resizing("/exec/\(id)/resize", isTTY: isTTY) { try await streams.run() }
        guard end == .outputEnded else { throw CommandFailure("read escape sequence") }
        let result = try await context.json("GET", "/exec/\(id)/json")
        return Int32(truncatingIfNeeded: result["ExitCode"]?.int64 ?? 0)
    }

    private static func consoleSize(_ size: WindowSize) -> JSONValue { [.int(size.rows), .int(size.columns)] }
}
