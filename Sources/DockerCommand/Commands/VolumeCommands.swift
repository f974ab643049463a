/// The table of commands on volumes.
enum VolumeCommands {
    static let all: [CommandSpec] = []
}
