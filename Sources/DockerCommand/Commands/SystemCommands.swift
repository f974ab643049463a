/// The table of commands on systems.
enum SystemCommands {
    static let all: [CommandSpec] = []
}
