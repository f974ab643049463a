import ArgumentParser
import Conformance

/// The executable: reads arguments and wires the modules together.
///
/// Every command is named by hand: to make a name of its type takes the argument parser a quarter of a start.
@main
struct Drydock: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drydock",
        abstract: "Is this daemon Docker-compatible, and how fast does it start a container?",
        discussion: """
            Replays documented Docker commands against any endpoint that speaks the Docker Engine API, and says, \
            scenario by scenario, what holds and what does not.

              drydock check --host unix:///var/run/docker.sock
              drydock check 'container/logs/*' --host tcp://127.0.0.1:2375 -v
              drydock scenarios show container/run/detached-named

            Docker's own verbs work as docker's do, on --host, DOCKER_HOST or the current docker context; with none of \
            these on Drydock's own daemon, which is started in the background where it does not run yet:

              drydock run -d --name web -p 8080:80 nginx
            """,
        version: "drydock \(Suite.version)",
        subcommands: [
            CheckCommand.self, ScenariosCommand.self, MutateCommand.self, BenchCommand.self, FixturesCommand.self,
        ]
            + runtimeCommands,
        groupedSubcommands: [
            CommandGroup(name: "Docker's", subcommands: DockerVerbs.all)
        ])

    #if os(Linux)
        private static let runtimeCommands: [any ParsableCommand.Type] = [DaemonCommand.self]
    #else
        private static let runtimeCommands: [any ParsableCommand.Type] = []
    #endif

    /// A synchronous entry: help and version need no threads.
    static func main() {
        if let code = DockerVerbs.passThrough(Array(CommandLine.arguments.dropFirst())) { exitProcess(code) }
        do {
            var command = try parseAsRoot()
            if let asynchronous = command as? any AsyncRunnable {
                exitProcess(AsyncRunner.run(asynchronous))
            }
            try command.run()
        } catch {
            exit(withError: error)
        }
    }
}
