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
            Console.error(error.message + "\n")
            return error.exitCode
        }
    }

    struct Attach: DockerVerb { static let summary = (name: "attach", text: "Attach to a running container.") }
    struct Container: DockerVerb { static let summary = (name: "container", text: "Manage containers.") }
    struct Create: DockerVerb { static let summary = (name: "create", text: "Create a container.") }
    struct Exec: DockerVerb { static let summary = (name: "exec", text: "Run a command in a running container.") }
    struct Image: DockerVerb { static let summary = (name: "image", text: "Manage images.") }
    struct Images: DockerVerb { static let summary = (name: "images", text: "List images.") }
    struct Info: DockerVerb { static let summary = (name: "info", text: "Show what the daemon says about itself.") }
    struct Inspect: DockerVerb { static let summary = (name: "inspect", text: "Show all about objects, as JSON.") }
    struct Kill: DockerVerb { static let summary = (name: "kill", text: "Kill running containers.") }
    struct Logs: DockerVerb { static let summary = (name: "logs", text: "Show what a container has written.") }
    struct Network: DockerVerb { static let summary = (name: "network", text: "Manage networks.") }
    struct Ps: DockerVerb { static let summary = (name: "ps", text: "List containers.") }
    struct Pull: DockerVerb { static let summary = (name: "pull", text: "Pull an image from a registry.") }
    struct Rm: DockerVerb { static let summary = (name: "rm", text: "Remove containers.") }
    struct Rmi: DockerVerb { static let summary = (name: "rmi", text: "Remove images.") }
    struct Run: DockerVerb { static let summary = (name: "run", text: "Create a container and run it.") }
    struct Start: DockerVerb { static let summary = (name: "start", text: "Start containers.") }
    struct Stop: DockerVerb { static let summary = (name: "stop", text: "Stop containers.") }
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
    /// The verb forwards signals itself, as docker does.
    let interruption: String? = nil

    func execute() async throws -> Int32 {
        let global = invocation.global
        guard global.hosts.count <= 1 else { throw Fault(description: "specify only one -H") }
        let options = EndpointResolver.Options(
            host: global.hosts.first, context: global.context, tls: global.tls, tlsVerify: global.tlsVerify,
            authoritiesPath: global.tlsCACertificate, certificatePath: global.tlsCertificate, keyPath: global.tlsKey)
        var resolved = try EndpointResolver(options: options).resolve()
        if case .unspecified = resolved.origin { resolved = try Self.ownDaemon() }
        let client = try DockerClient(configuration: .init(resolved))
        return try await invocation.run(client: client, io: ProcessIO.make())
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
