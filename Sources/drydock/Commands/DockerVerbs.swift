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
        Attach.self, Container.self, Create.self, Exec.self, Image.self, Images.self, Info.self, Inspect.self,
        Kill.self, Logs.self, Network.self, Ps.self, Pull.self, Rm.self, Rmi.self, Run.self, Start.self, Stop.self,
        Version.self, Volume.self, Wait.self,
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
        guard index < arguments.count, names.contains(arguments[index]) else { return nil }
        do {
            let invocation = try DockerInvocation.parse(arguments)
            return AsyncRunner.run(VerbRun(invocation: invocation))
        } catch {
            FileHandles.error(error.message + "\n")
            return error.exitCode
        }
    }

    struct Attach: DockerVerb { static let summary = ("attach", "Attach to a running container.") }
    struct Container: DockerVerb { static let summary = ("container", "Manage containers.") }
    struct Create: DockerVerb { static let summary = ("create", "Create a container.") }
    struct Exec: DockerVerb { static let summary = ("exec", "Run a command in a running container.") }
    struct Image: DockerVerb { static let summary = ("image", "Manage images.") }
    struct Images: DockerVerb { static let summary = ("images", "List images.") }
    struct Info: DockerVerb { static let summary = ("info", "Show what the daemon says about itself.") }
    struct Inspect: DockerVerb { static let summary = ("inspect", "Show all about objects, as JSON.") }
    struct Kill: DockerVerb { static let summary = ("kill", "Kill running containers.") }
    struct Logs: DockerVerb { static let summary = ("logs", "Show what a container has written.") }
    struct Network: DockerVerb { static let summary = ("network", "Manage networks.") }
    struct Ps: DockerVerb { static let summary = ("ps", "List containers.") }
    struct Pull: DockerVerb { static let summary = ("pull", "Pull an image from a registry.") }
    struct Rm: DockerVerb { static let summary = ("rm", "Remove containers.") }
    struct Rmi: DockerVerb { static let summary = ("rmi", "Remove images.") }
    struct Run: DockerVerb { static let summary = ("run", "Create a container and run it.") }
    struct Start: DockerVerb { static let summary = ("start", "Start containers.") }
    struct Stop: DockerVerb { static let summary = ("stop", "Stop containers.") }
    struct Version: DockerVerb { static let summary = ("version", "Show the versions of client and daemon.") }
    struct Volume: DockerVerb { static let summary = ("volume", "Manage volumes.") }
    struct Wait: DockerVerb { static let summary = ("wait", "Wait for containers to stop, and print their exit codes.") }
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
    /// The verb forwards signals itself, as docker does.
    let interruption: String? = nil

    func execute() async throws -> Int32 {
        let global = invocation.global
        guard global.hosts.count <= 1 else { throw Fault(description: "specify only one -H") }
        let options = EndpointResolver.Options(
            host: global.hosts.first, context: global.context, tls: global.tls, tlsVerify: global.tlsVerify,
            authoritiesPath: global.tlsCACertificate, certificatePath: global.tlsCertificate, keyPath: global.tlsKey)
        let resolved = try EndpointResolver(options: options).resolve()
        if case .unspecified = resolved.origin {
            throw Fault(
                description: "no daemon to talk to: Drydock has no runtime of its own yet. "
                    + "Name one with --host, DOCKER_HOST or a docker context, e.g. --host unix:///var/run/docker.sock")
        }
        let client = try DockerClient(configuration: .init(resolved))
        return try await invocation.run(client: client, io: .process)
    }
}
