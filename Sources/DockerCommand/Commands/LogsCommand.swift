import DockerClient

/// `docker logs`: inspect for the terminal, then the log.
enum LogsCommand {
    static let run: @Sendable (CommandContext) async throws -> Int32 = { context in
        let flags = context.flags
        let container = try await context.json("GET", "/containers/\(CommandContext.escape(context.arguments[0]))/json")
        let id = container["Id"]?.string ?? context.arguments[0]
        var query: CommandContext.Query = [
            ("stdout", "1"), ("stderr", "1"), ("tail", flags.string("tail", default: "all")),
        ]
        for name in ["since", "until"] where !flags.string(name).isEmpty {
            do { query.append((name, try Timestamp.parameter(flags.string(name), io: context.io))) } catch let
                error as ValueError
            {
                throw ValueError("invalid value for \"\(name)\": \(error.message)")
            }
        }
        for name in ["timestamps", "details", "follow"] where flags.bool(name) { query.append((name, "1")) }
        let stream = try await context.open("GET", "/containers/\(id)/logs", query: query, headDeadline: unboundedWait)
        await context.io.onReady()
        if container["Config"]?["Tty"]?.bool == true {
            for try await bytes in stream { try await context.io.writeOutput(bytes) }
        } else {
            try await AttachedStreams.demultiplex(stream, to: context.io)
        }
        return 0
    }
}

/// Times as `--since` and `--until` take them.
enum Timestamp {
    /// Seconds, with nanoseconds where a date was given, for the query.
    static func parameter(_ text: String, io: CommandIO) throws(ValueError) -> String {
        if let nanoseconds = try? GoDuration.parse(text) { return String(io.now() - nanoseconds / 1_000_000_000) }
        if text.contains("-"), let moment = CivilTime.parse(text) {
            let fraction = String(moment.nanoseconds)
            // A date without a zone is the user's own.
            let seconds = moment.hasZone ? moment.seconds : moment.seconds - io.zone(io.now()).offset
            return "\(seconds)." + String(repeating: "0", count: 9 - fraction.count) + fraction
        }
        guard text.first?.isNumber == true, text.allSatisfy({ $0.isNumber || $0 == "." }) else {
            throw ValueError(
                "failed to parse value as time or duration: \(GoValue.quote(text))")
        }
        return text
    }
}
