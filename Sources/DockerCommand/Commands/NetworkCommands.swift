/// The table of commands on networks.
enum NetworkCommands {
    static let all: [CommandSpec] = []
}
