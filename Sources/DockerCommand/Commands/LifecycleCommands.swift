import DockerClient
import RawJSON

/// Commands that do one thing to each container named.
enum LifecycleCommands {
    typealias Execute = @Sendable (CommandContext) async throws -> Int32

    static let stop: Execute = { context in try await context.each { try await signalled(context, $0, "stop") } }
    /// One after the other, as docker's CLI does for restart alone.
    static let restart: Execute = { context in
        try await context.each(atOnce: 1) { try await signalled(context, $0, "restart") }
    }
    static let kill: Execute = { context in
        let signal = context.flags.string("signal")
        return try await context.each { name in
            try await post(context, name, "kill", signal.isEmpty ? [] : [("signal", signal)])
        }
    }
    static let pause: Execute = { context in try await context.each { try await post(context, $0, "pause") } }
    static let unpause: Execute = { context in try await context.each { try await post(context, $0, "unpause") } }

    static let remove: Execute = { context in
        var query: CommandContext.Query = []
        for (flag, name) in [("force", "force"), ("link", "link"), ("volumes", "v")] where context.flags.bool(flag) {
            query.append((name, "1"))
        }
        let options = query
        return try await context.each(toleratesAbsent: context.flags.bool("force")) { name in
            let name = String(name.drop { $0 == "/" })
            guard !name.isEmpty else { throw CommandFailure("container name cannot be empty") }
            try await context.call(
                "DELETE", "/containers/\(CommandContext.escape(name))", query: options, headDeadline: unboundedWait)
        }
    }

    static let rename: Execute = { context in
        let name = context.arguments[0].trimmingSpaces(), new = context.arguments[1].trimmingSpaces()
        guard !name.isEmpty, !new.isEmpty else { throw CommandFailure("Error: Neither old nor new names may be empty") }
        try await post(context, name, "rename", [("name", new)])
        return 0
    }

    static let update: Execute = { context in
        let policy = context.flags.isSet("restart") ? try RestartPolicy(context.flags.string("restart")) : nil
        guard context.invocation.flags.values.isEmpty == false else {
            throw CommandFailure("you must provide one or more flags when using this command")
        }
        var members = try Resources.forUpdate(context.flags)
        members.append(
            member(
                "RestartPolicy",
                [
                    "Name": .string(policy?.name ?? ""), "MaximumRetryCount": .int(policy?.maximumRetryCount ?? 0),
                ]))
        let body = JSONValue.object(JSONObject(members: members))
        var errors: [String] = [], warnings: [String] = []
        for name in context.arguments {
            do {
                let answer = try await context.json(
                    "POST", "/containers/\(CommandContext.escape(name))/update", body: .json(body))
                try await context.io.print(name)
                warnings += (answer["Warnings"]?.array ?? []).compactMap(\.string)
            } catch let failure as DaemonFailure {
                errors.append(failure.description)
            }
        }
        if !warnings.isEmpty { try await context.io.print(warnings.joined(separator: "\n")) }
        for error in errors { try await context.io.warn(error) }
        return errors.isEmpty ? 0 : 1
    }

    static let wait: Execute = { context in
        var failed = false
        for name in context.arguments {
            do {
                let stream = try await context.openWait(name, condition: nil)
                await context.io.onReady()
                for try await (value, _) in stream.jsonValues() {
                    if let message = value["Error"]?["Message"]?.string, !message.isEmpty {
                        try await context.io.warn(message)
                        failed = true
                    } else {
                        try await context.io.print(String(value["StatusCode"]?.int64 ?? 0))
                    }
                    break
                }
                await stream.close()
            } catch let failure as DaemonFailure {
                try await context.io.warn(failure.description)
                failed = true
            }
        }
        return failed ? 1 : 0
    }

    private static func signalled(_ context: CommandContext, _ name: String, _ action: String) async throws {
        var query: CommandContext.Query = []
        if context.flags.isSet("signal") { query.append(("signal", context.flags.string("signal"))) }
        if context.flags.isSet("timeout") { query.append(("t", String(context.flags.int("timeout")))) }
        try await post(context, name, action, query)
    }

    private static func post(
        _ context: CommandContext, _ name: String, _ action: String, _ query: CommandContext.Query = []
    ) async throws {
        try await context.call(
            "POST", "/containers/\(CommandContext.escape(name))/\(action)", query: query, headDeadline: unboundedWait)
    }
}

extension CommandContext {
    /// Runs `operation` for every name, at most `atOnce` together; prints the name of each success in order, then
    /// the failures, and answers the exit code.
    func each(
        atOnce: Int = 50, toleratesAbsent: Bool = false, _ operation: @escaping @Sendable (String) async throws -> Void
    ) async throws -> Int32 {
        // Once, before operations that run together would each ask.
        _ = try await negotiatedVersion()
        var outcomes = [DaemonFailure?](repeating: nil, count: arguments.count)
        try await withThrowingTaskGroup(of: (Int, DaemonFailure?).self) { group in
            for (index, name) in arguments.enumerated() {
                if index >= atOnce, let (done, failure) = try await group.next() { outcomes[done] = failure }
                group.addTask {
                    do {
                        try await operation(name)
                        return (index, nil)
                    } catch let failure as DaemonFailure {
                        return (index, failure)
                    }
                }
            }
            for try await (done, failure) in group { outcomes[done] = failure }
        }
        for (name, failure) in zip(arguments, outcomes) where failure == nil { try await io.print(name) }
        for failure in outcomes { if let failure { try await io.warn(failure.description) } }
        let isFailure = outcomes.contains { $0 != nil && !(toleratesAbsent && $0?.status == 404) }
        return isFailure ? 1 : 0
    }
}
