/// Every command there is, by its spellings.
enum CommandTable {
    /// The management commands.
    struct Group: Sendable {
        var name: String
        var summary: String
    }

    static let groups = [
        Group(name: "container", summary: "Manage containers"),
        Group(name: "image", summary: "Manage images"),
        Group(name: "network", summary: "Manage networks"),
        Group(name: "system", summary: "Manage Docker"),
        Group(name: "volume", summary: "Manage volumes"),
    ]

    static let all: [CommandSpec] =
        ContainerCommands.all + ImageCommands.all + VolumeCommands.all + NetworkCommands.all + SystemCommands.all

    private static let byName: [[String]: CommandSpec] = {
        var table: [[String]: CommandSpec] = [:]
        for spec in all { for name in spec.names { table[name] = spec } }
        return table
    }()

    static let helpSpec = CommandSpec(
        names: [["help"]], usage: [""], summary: "Help about the command", arity: .atLeast(0), isRepeatable: true,
        execute: { _ in 0 })

    static func spec(_ name: [String]) -> CommandSpec? { byName[name] }
    static func group(_ name: String) -> Group? { groups.first { $0.name == name } }

    /// docker prints `docker image` but `docker volume COMMAND` after an unknown sub-command.
    static func groupUsageSuffix(_ name: String) -> String { name == "volume" ? " COMMAND" : "" }

    static func help(group: Group) -> String {
        let members = all.compactMap { spec in
            spec.names.first { $0.count == 2 && $0[0] == group.name }.map { ($0[1], spec.summary) }
        }
        return "Usage:  docker \(group.name) COMMAND\n\n\(group.summary)\n\nCommands:\n\(listing(members))\n\n"
            + "Run 'docker \(group.name) COMMAND --help' for more information on a command.\n"
    }

    static let rootHelp: String = {
        let short = all.compactMap { spec in spec.names.first { $0.count == 1 }.map { ($0[0], spec.summary) } }
        return "Usage:  docker [OPTIONS] COMMAND\n\nManagement Commands:\n"
            + listing(groups.map { ($0.name, $0.summary) }) + "\n\nCommands:\n" + listing(short)
            + "\n\nGlobal Options:\n" + FlagHelp.lines(GlobalOptions.flags).joined(separator: "\n")
            + "\n\nRun 'docker COMMAND --help' for more information on a command.\n"
    }()

    private static func listing(_ rows: [(name: String, summary: String)]) -> String {
        rows.sorted { $0.name < $1.name }
            .map { "  " + $0.name + String(repeating: " ", count: max(1, 12 - $0.name.count)) + $0.summary }
            .joined(separator: "\n")
    }
}
