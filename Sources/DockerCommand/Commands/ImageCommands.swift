/// The table of commands on images.
enum ImageCommands {
    static let all: [CommandSpec] = []
}
