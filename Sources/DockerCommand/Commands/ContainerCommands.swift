/// The table of commands on containers.
enum ContainerCommands {
    static let all: [CommandSpec] = []
}
