import ArgumentParser
import Conformance
import DockerClient
import DockerCommand

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// docker's own verbs, read and carried out as docker's CLI does; ArgumentParser only lists them in the help.
enum DockerVerbs {
    static let all: [any ParsableCommand.Type] = [
        Attach.self, Commit.self, Container.self, Copy.self, Create.self, Events.self, Exec.self, Export.self,
        History.self, Image.self, Images.self, Import.self, Info.self, Inspect.self, Kill.self, Load.self, Logs.self,
        Network.self, Pause.self, Port.self, Ps.self, Pull.self, Rename.self, Restart.self, Rm.self, Rmi.self,
        Run.self, Save.self, Start.self, Stats.self, Stop.self, System.self, Tag.self, Top.self, Unpause.self,
        Update.self, Version.self, Volume.self, Wait.self,
    ]

    private static let names: Set<String> = Set(all.compactMap { $0.configuration.commandName })
    private static let globalsWithValue: Set<String> = [
        "-H", "--host", "-c", "--context", "--config", "-l", "--log-level", "--tlscacert", "--tlscert", "--tlskey",
    ]

    /// Carries out the line where its first word that is no option is one of docker's verbs; the exit code is docker's.
    static func passThrough(_ arguments: [String]) -> Int32? {
        var index = 0
        while index < arguments.count, arguments[index].hasPrefix("-") {
            index += globalsWithValue.contains(arguments[index]) ? 2 : 1
        }
        guard index < arguments.count, isVerb(arguments[index]) else { return nil }
        do {
            let invocation = try DockerInvocation.parse(arguments)
            return AsyncRunner.run(VerbRun(invocation: invocation))
        } catch {
            Console.error(error.message + "\n")
            return error.exitCode
        }
    }

    private static func isVerb(_ word: String) -> Bool {
        names.contains(word) || AbsentCommands.names.contains(word)
    }

    struct Attach: DockerVerb { static let summary = (name: "attach", text: "Attach to a running container.") }
    struct Commit: DockerVerb { static let summary = (name: "commit", text: "Make an image of a container.") }
    struct Container: DockerVerb { static let summary = (name: "container", text: "Manage containers.") }
    struct Copy: DockerVerb { static let summary = (name: "cp", text: "Copy files to or from a container.") }
    struct Create: DockerVerb { static let summary = (name: "create", text: "Create a container.") }
    struct Events: DockerVerb { static let summary = (name: "events", text: "Show what happens on the daemon.") }
    struct Exec: DockerVerb { static let summary = (name: "exec", text: "Run a command in a running container.") }
    struct Export: DockerVerb {
        static let summary = (name: "export", text: "Write a container's files as an archive.")
    }
    struct History: DockerVerb { static let summary = (name: "history", text: "Show how an image came about.") }
    struct Image: DockerVerb { static let summary = (name: "image", text: "Manage images.") }
    struct Images: DockerVerb { static let summary = (name: "images", text: "List images.") }
    struct Import: DockerVerb { static let summary = (name: "import", text: "Make an image of an archive of files.") }
    struct Info: DockerVerb { static let summary = (name: "info", text: "Show what the daemon says about itself.") }
    struct Inspect: DockerVerb { static let summary = (name: "inspect", text: "Show all about objects, as JSON.") }
    struct Kill: DockerVerb { static let summary = (name: "kill", text: "Kill running containers.") }
    struct Load: DockerVerb { static let summary = (name: "load", text: "Load images from an archive.") }
    struct Logs: DockerVerb { static let summary = (name: "logs", text: "Show what a container has written.") }
    struct Network: DockerVerb { static let summary = (name: "network", text: "Manage networks.") }
    struct Pause: DockerVerb { static let summary = (name: "pause", text: "Freeze containers.") }
    struct Port: DockerVerb { static let summary = (name: "port", text: "Show a container's published ports.") }
    struct Ps: DockerVerb { static let summary = (name: "ps", text: "List containers.") }
    struct Pull: DockerVerb { static let summary = (name: "pull", text: "Pull an image from a registry.") }
    struct Rename: DockerVerb { static let summary = (name: "rename", text: "Rename a container.") }
    struct Restart: DockerVerb { static let summary = (name: "restart", text: "Restart containers.") }
    struct Rm: DockerVerb { static let summary = (name: "rm", text: "Remove containers.") }
    struct Rmi: DockerVerb { static let summary = (name: "rmi", text: "Remove images.") }
    struct Run: DockerVerb { static let summary = (name: "run", text: "Create a container and run it.") }
    struct Save: DockerVerb { static let summary = (name: "save", text: "Write images as an archive.") }
    struct Start: DockerVerb { static let summary = (name: "start", text: "Start containers.") }
    struct Stats: DockerVerb { static let summary = (name: "stats", text: "Show what containers use.") }
    struct Stop: DockerVerb { static let summary = (name: "stop", text: "Stop containers.") }
    struct System: DockerVerb { static let summary = (name: "system", text: "Show the daemon's state and disk usage.") }
    struct Tag: DockerVerb { static let summary = (name: "tag", text: "Give an image another name.") }
    struct Top: DockerVerb { static let summary = (name: "top", text: "Show a container's processes.") }
    struct Unpause: DockerVerb { static let summary = (name: "unpause", text: "Thaw frozen containers.") }
    struct Update: DockerVerb { static let summary = (name: "update", text: "Change containers' limits.") }
    struct Version: DockerVerb {
        static let summary = (name: "version", text: "Show the versions of client and daemon.")
    }
    struct Volume: DockerVerb { static let summary = (name: "volume", text: "Manage volumes.") }
    struct Wait: DockerVerb {
        static let summary = (name: "wait", text: "Wait for containers to stop, and print their exit codes.")
    }
}

/// A verb of docker's, for the help and for shell completions.
protocol DockerVerb: ParsableCommand {
    static var summary: (name: String, text: String) { get }
}

extension DockerVerb {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: summary.name, abstract: summary.text)
    }

    func run() {}
}

/// One of docker's verbs under way.
private struct VerbRun: AsyncRunnable {
    let invocation: DockerInvocation

    let faultCode: Int32 = 125
    let interruption = Interruption.own

    func execute() async throws -> Int32 {
        let global = invocation.global
        guard global.hosts.count <= 1 else { throw Fault(description: "specify only one -H") }
        let options = EndpointResolver.Options(
            host: global.hosts.first, context: global.context, tls: global.tls, tlsVerify: global.tlsVerify,
            authoritiesPath: global.tlsCACertificate, certificatePath: global.tlsCertificate, keyPath: global.tlsKey,
            configurationDirectory: global.configDirectory)
        var resolved = try EndpointResolver(options: options).resolve()
        if case .unspecified = resolved.origin { resolved = try Self.ownDaemon() }
        let client = try DockerClient(configuration: .init(resolved))
        return try await invocation.run(client: client, io: .process())
    }

    /// Drydock's own daemon.
    private static func ownDaemon() throws -> ResolvedEndpoint {
        #if os(Linux)
            return try EndpointResolver(options: .init(host: try DefaultDaemon.host())).resolve()
        #else
            throw Fault(
                description: "no daemon to talk to: name one with --host, DOCKER_HOST or a docker context, "
                    + "e.g. --host unix:///var/run/docker.sock")
        #endif
    }
}
