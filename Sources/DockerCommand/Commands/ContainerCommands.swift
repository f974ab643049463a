/// The table of commands on containers.
enum ContainerCommands {
    static let all: [CommandSpec] = running + changing + listing + inspecting

    static func names(_ name: String, _ more: String...) -> [[String]] {
        [["container", name]] + more.map { ["container", $0] } + [[name]]
    }

    private static let detachKeys = FlagSpec.string("--detach-keys", "Key sequence that detaches")
    private static let sigProxy = FlagSpec.bool("--sig-proxy", default: true, "Pass received signals on to the process")
    private static let signal = FlagSpec.string("-s, --signal", "Signal to send")
    private static let timeout = FlagSpec.int("-t, --timeout", "Seconds to wait before killing the container")
    private static let format = FlagSpec.string("-f, --format", "Print with a Go template, or json")
    static let filter = FlagSpec.list("-f, --filter", type: "filter", "Keep only what matches", check: FilterFlag.check)
    static let pruneFilter = FlagSpec.list(
        "--filter", type: "filter", "Remove only what matches", check: FilterFlag.check)
    static let force = FlagSpec.bool("-f, --force", "Do not ask for confirmation")
    static let many = "CONTAINER [CONTAINER...]"

    private static let running: [CommandSpec] = [
        CommandSpec(
            names: names("run"), usage: ["[OPTIONS] IMAGE [COMMAND] [ARG...]"],
            summary: "Create and run a new container from an image", flags: ContainerFlags.run, arity: .atLeast(1),
            interspersed: false, images: .first, takesLabels: true, execute: RunCommand.run),
        CommandSpec(
            names: names("create"), usage: ["[OPTIONS] IMAGE [COMMAND] [ARG...]"], summary: "Create a new container",
            flags: ContainerFlags.create, arity: .atLeast(1), interspersed: false, images: .first, takesLabels: true,
            execute: CreateCommand.run),
        CommandSpec(
            names: names("start"), usage: ["[OPTIONS] \(many)"], summary: "Start one or more stopped containers",
            flags: [
                .bool("-a, --attach", "Attach to the output and pass signals on"), detachKeys,
                .bool("-i, --interactive", "Attach to the container's STDIN"),
                .string("--checkpoint", "Restore from this checkpoint"),
                .string("--checkpoint-dir", "Directory of checkpoints"),
            ], arity: .atLeast(1), execute: StartCommand.run),
        CommandSpec(
            names: names("exec"), usage: ["[OPTIONS] CONTAINER COMMAND [ARG...]"],
            summary: "Execute a command in a running container",
            flags: [
                .bool("-d, --detach", "Run the command in the background"), detachKeys,
                .list("-e, --env", "Set an environment variable", check: Environment.checkVariable),
                .list("--env-file", "Read environment variables from a file"),
                .bool("-i, --interactive", "Keep STDIN open even if not attached"),
                .bool("--privileged", "Give extended privileges to the command"),
                .bool("-t, --tty", "Allocate a pseudo-TTY"),
                .string("-u, --user", "User name or ID, and group: NAME|UID[:GROUP|GID]"),
                .string("-w, --workdir", "Working directory inside the container"),
            ], arity: .atLeast(2), interspersed: false, execute: ExecCommand.run),
        CommandSpec(
            names: names("attach"), usage: ["[OPTIONS] CONTAINER"],
            summary: "Attach local standard input, output, and error streams to a running container",
            flags: [detachKeys, .bool("--no-stdin", "Do not attach STDIN"), sigProxy], arity: .exactly(1),
            execute: AttachCommand.run),
    ]

    private static let changing: [CommandSpec] = [
        CommandSpec(
            names: names("stop"), usage: ["[OPTIONS] \(many)"], summary: "Stop one or more running containers",
            flags: [signal, timeout, timeout.alias("time").deprecated("use --timeout instead")], arity: .atLeast(1),
            execute: LifecycleCommands.stop),
        CommandSpec(
            names: names("restart"), usage: ["[OPTIONS] \(many)"], summary: "Restart one or more containers",
            flags: [signal, timeout, timeout.alias("time").deprecated("use --timeout instead")], arity: .atLeast(1),
            execute: LifecycleCommands.restart),
        CommandSpec(
            names: names("kill"), usage: ["[OPTIONS] \(many)"], summary: "Kill one or more running containers",
            flags: [signal], arity: .atLeast(1), execute: LifecycleCommands.kill),
        CommandSpec(
            names: names("rm", "remove"), usage: ["[OPTIONS] \(many)"], summary: "Remove one or more containers",
            flags: [
                .bool("-f, --force", "Remove a running container too (SIGKILL)"),
                .bool("-l, --link", "Remove the link"),
                .bool("-v, --volumes", "Remove the container's anonymous volumes"),
            ], arity: .atLeast(1), execute: LifecycleCommands.remove),
        CommandSpec(
            names: names("pause"), usage: [many], summary: "Pause all processes within one or more containers",
            arity: .atLeast(1), execute: LifecycleCommands.pause),
        CommandSpec(
            names: names("unpause"), usage: [many], summary: "Unpause all processes within one or more containers",
            arity: .atLeast(1), execute: LifecycleCommands.unpause),
        CommandSpec(
            names: names("rename"), usage: ["CONTAINER NEW_NAME"], summary: "Rename a container", arity: .exactly(2),
            execute: LifecycleCommands.rename),
        CommandSpec(
            names: names("update"), usage: ["[OPTIONS] \(many)"],
            summary: "Update configuration of one or more containers",
            flags: ContainerFlags.limits + [.string("--restart", "When to restart the container after it exits")],
            arity: .atLeast(1), execute: LifecycleCommands.update),
        CommandSpec(
            names: names("wait"), usage: [many],
            summary: "Block until one or more containers stop, then print their exit codes", arity: .atLeast(1),
            execute: LifecycleCommands.wait),
        CommandSpec(
            names: names("commit"), usage: ["[OPTIONS] CONTAINER [REPOSITORY[:TAG]]"],
            summary: "Create a new image from a container's changes",
            flags: [
                .string("-a, --author", "Author"), .list("-c, --change", "Apply a Dockerfile instruction"),
                .string("-m, --message", "Message of the commit"),
                .bool("-p, --pause", default: true, "Pause the container during the commit"),
            ], arity: .between(1, 2), images: .second, execute: ArchiveCommands.commit),
        CommandSpec(
            names: names("cp"),
            usage: ["[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-", "[OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH"],
            summary: "Copy files/folders between a container and the local filesystem",
            flags: [
                .bool("-a, --archive", "Copy all user and group IDs too"),
                .bool("-L, --follow-link", "Follow a symbolic link in the source"),
                .bool("-q, --quiet", "Suppress progress"),
            ], arity: .exactly(2), execute: CopyCommand.run),
        CommandSpec(
            names: [["container", "prune"]], usage: ["[OPTIONS]"], summary: "Remove all stopped containers",
            flags: [pruneFilter, force], arity: .none, takesFilter: true, execute: PruneCommands.containers),
    ]

    private static let listing: [CommandSpec] = [
        CommandSpec(
            names: [["container", "ls"], ["container", "list"], ["container", "ps"], ["ps"]], usage: ["[OPTIONS]"],
            summary: "List containers",
            flags: [
                .bool("-a, --all", "Show stopped containers too"), filter, .string("--format", formatUsage),
                .int("-n, --last", default: -1, "Show this many of the last created, running or not"),
                .bool("-l, --latest", "Show the last created, running or not"),
                .bool("--no-trunc", "Cut nothing short"),
                .bool("-q, --quiet", "Print IDs only"), .bool("-s, --size", "Show sizes"),
            ], arity: .none, takesFilter: true, isRepeatable: true, execute: ListCommands.containers)
    ]

    static let formatUsage = "Print with a Go template, as a table ('table TEMPLATE'), or json"

    private static let inspecting: [CommandSpec] = [
        CommandSpec(
            names: [["container", "inspect"]], usage: ["[OPTIONS] \(many)"],
            summary: "Display detailed information on one or more containers",
            flags: [format, .bool("-s, --size", "Show sizes")], arity: .atLeast(1), isRepeatable: true,
            execute: InspectCommands.container),
        CommandSpec(
            names: names("logs"), usage: ["[OPTIONS] CONTAINER"], summary: "Fetch the logs of a container",
            flags: [
                .bool("--details", "Show the details given to the log"), .bool("-f, --follow", "Follow the output"),
                .string("--since", "Show logs since a time (RFC 3339) or a duration ago (42m)"),
                .string("-n, --tail", default: "all", "Number of lines from the end"),
                .bool("-t, --timestamps", "Show timestamps"),
                .string("--until", "Show logs before a time (RFC 3339) or a duration ago (42m)"),
            ], arity: .exactly(1), isRepeatable: true, execute: LogsCommand.run),
        CommandSpec(
            names: names("top"), usage: ["CONTAINER [ps OPTIONS]"],
            summary: "Display the running processes of a container", arity: .atLeast(1), interspersed: false,
            isRepeatable: true, execute: InspectCommands.top),
        CommandSpec(
            names: names("port"), usage: ["CONTAINER [PRIVATE_PORT[/PROTO]]"],
            summary: "List port mappings or a specific mapping for the container", arity: .between(1, 2),
            isRepeatable: true, execute: InspectCommands.port),
        CommandSpec(
            names: names("diff"), usage: ["CONTAINER"],
            summary: "Inspect changes to files or directories on a container's filesystem", arity: .exactly(1),
            isRepeatable: true, execute: InspectCommands.diff),
        CommandSpec(
            names: names("stats"), usage: ["[OPTIONS] [CONTAINER...]"],
            summary: "Display a live stream of container(s) resource usage statistics",
            flags: [
                .bool("-a, --all", "Show stopped containers too"), .string("--format", formatUsage),
                .bool("--no-stream", "Print the first result and stop"), .bool("--no-trunc", "Cut nothing short"),
            ], arity: .atLeast(0), isRepeatable: true, execute: StatsCommand.run),
        CommandSpec(
            names: names("export"), usage: ["[OPTIONS] CONTAINER"],
            summary: "Export a container's filesystem as a tar archive",
            flags: [.string("-o, --output", "Write to a file, instead of STDOUT")], arity: .exactly(1),
            isRepeatable: true, execute: ArchiveCommands.export),
    ]
}

/// `--filter NAME=VALUE`.
enum FilterFlag {
    static let check: @Sendable (String) -> String? = { text in
        text.isEmpty || text.contains("=")
            ? nil : "invalid argument \(GoValue.quote(text)): bad format of filter (expected name=value)"
    }
}
