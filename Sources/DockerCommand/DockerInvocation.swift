import DockerAPI
import DockerClient

/// A docker command line, read as docker's CLI 28.2 reads it, ready to be run against a daemon.
///
/// ```swift
/// let ps = try DockerInvocation.parse(["ps", "-qa", "--filter", "name=web"])
/// let exitCode = try await ps.run(client: client, io: io)
/// ```
public struct DockerInvocation: Sendable {
    enum Action: Sendable {
        case command
        /// `--help`, or a command that only groups others: this text, and exit code 0.
        case text(String)
    }

    /// The words after `docker`.
    public let arguments: [String]
    /// The options before the command.
    public let global: GlobalOptions
    /// The command under its management command, whatever spelling was used: `container run`, `image ls`, `inspect`.
    public let command: String
    /// The command as typed: `docker run`.
    let path: String
    /// The index after the command's words.
    let commandEnd: Int
    let spec: CommandSpec
    let action: Action
    let flags: ParsedFlags
    let positionals: [(index: Int, word: String)]
    let warnings: [String]

    /// Reads a command line, without the leading `docker`.
    ///
    /// - Throws: `UsageError` with docker's text and exit code where docker refuses the line before it talks to a daemon.
    public static func parse(_ arguments: [String]) throws(UsageError) -> DockerInvocation {
        try InvocationParser(arguments: arguments).parse()
    }

    /// Runs the command as docker's CLI does, request by request, and answers docker's exit code.
    ///
    /// What a daemon refuses or a daemon that cannot be reached is written to standard error as docker words it.
    /// - Throws: `CancellationError`, the errors of `io`, and `DockerClientError` where a deadline passed or the
    ///   other side did not speak the protocol.
    public func run(client: DockerClient, io: CommandIO) async throws -> Int32 {
        for warning in warnings { try await io.print(warning) }
        if case .text(let text) = action {
            try await io.write(text)
            return 0
        }
        let configuration = ClientConfiguration(directory: global.configDirectory, environment: io.environment)
        if let warning = configuration.warning { try await io.warn(warning) }
        let context = CommandContext(invocation: self, client: client, io: io, configuration: configuration)
        do {
            return try await executeUntilInterrupted(context)
        } catch let failure as CommandFailure {
            if !failure.message.isEmpty { try await io.warn(failure.message) }
            return failure.exitCode
        } catch let failure as DaemonFailure {
            try await io.warn(failure.description)
            return 1
        } catch let failure as ValueError {
            try await io.warn(failure.message)
            return 1
        }
    }
}

extension DockerInvocation {
    /// Commands that hand signals to a container, or leave them alone while one runs attached.
    private static let keepingSignals: Set<String> = [
        "container run", "container start", "container attach", "container exec",
    ]

    /// Every other command ends at the first SIGINT, SIGTERM or SIGHUP with 128 and the signal's number.
    private func executeUntilInterrupted(_ context: CommandContext) async throws -> Int32 {
        guard !Self.keepingSignals.contains(command) else { return try await spec.execute(context) }
        return try await withThrowingTaskGroup(of: Int32?.self) { group in
            group.addTask { try await spec.execute(context) }
            group.addTask {
                let endings: [String: Int32] = ["HUP": 1, "INT": 2, "TERM": 15]
                for await signal in context.io.signals() {
                    if let number = endings[signal] { return 128 + number }
                }
                return nil
            }
            defer { group.cancelAll() }
            while let code = try await group.next() {
                if let code { return code }
            }
            throw CancellationError()
        }
    }

    /// Whether the command can be run any number of times without changing anything: `ps`, `inspect`, `logs`, `version`, …
    public var isRepeatable: Bool { spec.isRepeatable && !flags.bool("follow") }

    /// Whether it lists or prunes objects and takes `--filter`.
    public var isListing: Bool { spec.takesFilter }

    /// Whether it asks for a terminal: `-t` of `run`, `create` and `exec`.
    public var usesTerminal: Bool { spec.flags.contains { $0.name == "tty" } && flags.bool("tty") }

    /// Whether it keeps standard input open: `-i`.
    public var keepsStdinOpen: Bool { spec.flags.contains { $0.name == "interactive" } && flags.bool("interactive") }

    /// Whether it returns while its container goes on: `-d` of `run` and `exec`.
    public var isDetached: Bool { flags.bool("detach") }

    /// The value of a flag by its long name, as written last; `nil` where it is absent.
    public func value(ofFlag name: String) -> String? { flags.isSet(name) ? flags.string(name) : nil }

    /// The positional words, in order: `["nginx", "-g", "daemon off;"]`.
    public var operands: [String] { positionals.map(\.word) }

    /// Indices into `arguments` of the words in image position: of `run`, `create`, `pull`, `images`, `rmi`, `tag`,
    /// `save`, `history`, `image inspect`, the target of `commit` and `import`, and of `inspect` unless its type
    /// is something else.
    public var imageArguments: [Int] {
        switch spec.images {
        case .none: return []
        case .first: return positionals.prefix(1).map(\.index)
        case .second: return positionals.dropFirst().prefix(1).map(\.index)
        case .all:
            let type = flags.string("type")
            return type.isEmpty || type == "image" ? positionals.map(\.index) : []
        }
    }

    /// The words with every image name for which `transform` has an answer replaced: those in image position, and
    /// the values of `--filter ancestor=…`, `reference=…`, `before=…` and `since=…`.
    public func mappingImages(_ transform: (String) -> String?) -> [String] {
        var words = arguments
        for index in imageArguments { words[index] = transform(words[index]) ?? words[index] }
        guard spec.takesFilter else { return words }
        for index in words.indices.dropFirst(commandEnd) {
            for prefix in ["", "--filter=", "-f="] {
                for key in ["ancestor=", "reference=", "before=", "since="] where words[index].hasPrefix(prefix + key) {
                    let name = String(words[index].dropFirst(prefix.count + key.count))
                    if let image = transform(name) { words[index] = prefix + key + image }
                }
            }
        }
        return words
    }

    /// The words with `--label KEY=VALUE` put in, where the command makes a container, volume or network;
    /// otherwise unchanged.
    public func addingLabels(_ labels: [(key: String, value: String)]) -> [String] {
        guard spec.takesLabels else { return arguments }
        return inserting(labels.flatMap { ["--label", "\($0.key)=\($0.value)"] })
    }

    /// The words with `--filter EXPRESSION` put in, where the command lists or prunes; otherwise unchanged.
    public func addingFilter(_ expression: String) -> [String] {
        spec.takesFilter ? inserting(["--filter", expression]) : arguments
    }

    private func inserting(_ words: [String]) -> [String] {
        Array(arguments[..<commandEnd]) + words + Array(arguments[commandEnd...])
    }
}
