/// Finds the command in a line and reads its flags and words.
struct InvocationParser {
    let arguments: [String]

    func parse() throws(UsageError) -> DockerInvocation {
        let globals: FlagParser.Result
        do {
            globals = try FlagParser(flags: GlobalOptions.flags, interspersed: false).parse(arguments, from: 0)
        } catch {
            throw flagError(error.message, usage: "docker [OPTIONS] COMMAND [ARG...]", path: "docker")
        }
        let options = GlobalOptions(globals.flags)
        if globals.flags.bool("version") { return text("Docker version \(ClientIdentity.version)\n", options) }
        guard let first = globals.positionals.first, !globals.wantsHelp else {
            return text(CommandTable.rootHelp, options)
        }
        return try command(from: first.index, options)
    }

    private func command(from start: Int, _ options: GlobalOptions) throws(UsageError) -> DockerInvocation {
        let words = arguments[start...]
        let head = words.first ?? ""
        if head == "help" { return try help(Array(words.dropFirst()), options) }
        if let group = CommandTable.group(head) {
            let next = words.dropFirst().first
            guard let next, next != "--help", next != "-h" else {
                return text(CommandTable.help(group: group), options)
            }
            guard let spec = CommandTable.spec([head, next]) else {
                if let absent = AbsentCommands.refusal([head, next]) { throw absent }
                if next.hasPrefix("-") {
                    throw flagError(
                        next.hasPrefix("--")
                            ? "unknown flag: \(next)"
                            : "unknown shorthand flag: '\(next.dropFirst().prefix(1))' in \(next)",
                        usage: "docker \(head) COMMAND", path: "docker \(head)")
                }
                throw UsageError(
                    message: "docker: unknown command: docker \(head) \(next)\n\nUsage:  docker \(head)"
                        + "\(CommandTable.groupUsageSuffix(head))\n\nRun 'docker \(head) --help' for more information",
                    exitCode: 1)
            }
            return try read(spec, path: "docker \(head) \(next)", end: start + 2, options)
        }
        guard let spec = CommandTable.spec([head]) else {
            if let absent = AbsentCommands.refusal(Array(words.prefix(2))) { throw absent }
            throw UsageError(
                message: "docker: unknown command: docker \(head)\n\nRun 'docker --help' for more information",
                exitCode: 1)
        }
        return try read(spec, path: "docker \(head)", end: start + 1, options)
    }

    private func read(
        _ spec: CommandSpec, path: String, end: Int, _ options: GlobalOptions
    ) throws(UsageError) -> DockerInvocation {
        let result: FlagParser.Result
        do {
            result = try FlagParser(flags: spec.flags, interspersed: spec.interspersed).parse(arguments, from: end)
        } catch {
            throw flagError(error.message, usage: spec.usageText(path), path: path)
        }
        if !result.wantsHelp, let fault = spec.arityFault(result.positionals.count, path: path) {
            throw UsageError(message: fault, exitCode: 1)
        }
        return DockerInvocation(
            arguments: arguments, global: options, command: spec.names[0].joined(separator: " "), path: path,
            commandEnd: end, spec: spec, action: result.wantsHelp ? .text(spec.help(path: path)) : .command,
            flags: result.flags, positionals: result.positionals, warnings: result.warnings)
    }

    private func help(_ words: [String], _ options: GlobalOptions) throws(UsageError) -> DockerInvocation {
        guard let head = words.first else { return text(CommandTable.rootHelp, options) }
        if let spec = CommandTable.spec(Array(words.prefix(2))) ?? CommandTable.spec([head]) {
            return text(spec.help(path: "docker " + words.prefix(2).joined(separator: " ")), options)
        }
        if let group = CommandTable.group(head) { return text(CommandTable.help(group: group), options) }
        throw UsageError(message: "docker: unknown help topic: \(words.joined(separator: " "))", exitCode: 1)
    }

    private func text(_ text: String, _ options: GlobalOptions) -> DockerInvocation {
        DockerInvocation(
            arguments: arguments, global: options, command: "help", path: "docker", commandEnd: arguments.count,
            spec: CommandTable.helpSpec, action: .text(text), flags: ParsedFlags(), positionals: [], warnings: [])
    }

    private func flagError(_ message: String, usage: String, path: String) -> UsageError {
        UsageError(
            message: "\(message)\n\nUsage:  \(usage)\n\nRun '\(path) --help' for more information", exitCode: 125)
    }
}
