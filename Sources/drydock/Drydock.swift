import ArgumentParser

@main
struct Drydock: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drydock",
        abstract: "Is this daemon Docker-compatible, and how fast does it start a container?")
}
