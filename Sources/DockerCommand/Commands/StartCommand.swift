import DockerClient
import RawJSON

/// `docker start`: each container in turn, or one attached.
enum StartCommand {
    static let run: @Sendable (CommandContext) async throws -> Int32 = { context in
        let flags = context.flags
        let attaches =
            flags.bool("attach") || flags.bool("interactive") || flags.isSet("detach-keys") && flags.bool("attach")
        guard attaches else { return try await startAll(context) }
        guard context.arguments.count == 1, let name = context.arguments.first else {
            throw CommandFailure("you cannot start and attach multiple containers at once")
        }
        return try await attached(context, name)
    }

    private static func startAll(_ context: CommandContext) async throws -> Int32 {
        var failed: [String] = []
        for name in context.arguments {
            do {
                try await context.call(
                    "POST", "/containers/\(CommandContext.escape(name))/start", query: checkpoint(context),
                    headDeadline: unboundedWait)
                try await context.io.print(name)
            } catch let failure as DaemonFailure {
                try await context.io.warn(failure.description)
                failed.append(name)
            }
        }
        guard !failed.isEmpty else { return 0 }
        throw CommandFailure("Error: failed to start containers: \(failed.joined(separator: ", "))")
    }

    private static func checkpoint(_ context: CommandContext) -> CommandContext.Query {
        var query: CommandContext.Query = []
        if context.flags.isSet("checkpoint") { query.append(("checkpoint", context.flags.string("checkpoint"))) }
        if context.flags.isSet("checkpoint-dir") {
            query.append(("checkpoint-dir", context.flags.string("checkpoint-dir")))
        }
        return query
    }

    private static func attached(_ context: CommandContext, _ name: String) async throws -> Int32 {
        let container = try await context.json("GET", "/containers/\(CommandContext.escape(name))/json")
        let id = container["Id"]?.string ?? name
        let isTTY = container["Config"]?["Tty"]?.bool == true
        let takesInput = context.flags.bool("interactive") && container["Config"]?["OpenStdin"]?.bool == true
        let keys = DetachKeys(context.detachKeys)
        return try await context.proxying(id, signals: !isTTY) {
            let stream = try await context.openAttach(id, stdin: takesInput, stdout: true, stderr: true)
            let removes = container["HostConfig"]?["AutoRemove"]?.bool == true
            let wait = try await context.openWait(id, condition: removes ? "removed" : "next-exit")
            do {
                try await context.call(
                    "POST", "/containers/\(id)/start", query: checkpoint(context), headDeadline: unboundedWait)
            } catch {
                await stream.close()
                if removes { _ = try await context.exitCode(wait) }
                await wait.close()
                throw error
            }
            await context.io.onReady()
            let streams = AttachedStreams(
                stream: stream, io: context.io, isTTY: isTTY, takesInput: takesInput, detachKeys: keys)
            let end = try await context.resizing("/containers/\(id)/resize", isTTY: isTTY) { try await streams.run() }
            if end == .detached {
                await wait.close()
                return 0
            }
            return try await context.exitCode(wait)
        }
    }
}

/// `docker attach`.
enum AttachCommand {
    static let run: @Sendable (CommandContext) async throws -> Int32 = { context in
        let name = context.arguments[0]
        let keys = DetachKeys(context.detachKeys)
        let wait = try await context.openWait(name, condition: nil)
        let container = try await running(context, name)
        let isTTY = container["Config"]?["Tty"]?.bool == true
        let takesInput = !context.flags.bool("no-stdin") && container["Config"]?["OpenStdin"]?.bool == true
        try RunCommand.checkTTY(context, attachesStdin: takesInput, isTTY: isTTY)
        let proxies = context.flags.bool("sig-proxy", default: true) && !isTTY
        return try await context.proxying(name, signals: proxies) {
            let stream = try await context.openAttach(name, stdin: takesInput, stdout: true, stderr: true)
            // The container may have ended between the look and the attach, which would then wait for ever.
            _ = try await running(context, name)
            await context.io.onReady()
            let streams = AttachedStreams(
                stream: stream, io: context.io, isTTY: isTTY, takesInput: takesInput, detachKeys: keys)
            let end = try await context.resizing("/containers/\(CommandContext.escape(name))/resize", isTTY: isTTY) {
                try await streams.run()
            }
            guard end == .outputEnded else {
                await wait.close()
                throw CommandFailure("read escape sequence")
            }
            return try await context.exitCode(wait)
        }
    }

    private static func running(_ context: CommandContext, _ name: String) async throws -> JSONValue {
        let container = try await context.json("GET", "/containers/\(CommandContext.escape(name))/json")
        let state = container["State"]
        if state?["Running"]?.bool != true {
            throw CommandFailure("You cannot attach to a stopped container, start it first")
        }
        if state?["Paused"]?.bool == true {
            throw CommandFailure("You cannot attach to a paused container, unpause it first")
        }
        if state?["Restarting"]?.bool == true {
            throw CommandFailure("You cannot attach to a restarting container, wait until it is running")
        }
        return container
    }
}
