import ArgumentParser
import DockerClient

/// The options that say which daemon is meant, called as docker's CLI calls them.
struct EndpointOptions: ParsableArguments {
    @Option(
        name: [.customShort("H"), .long],
        help: ArgumentHelp("The endpoint: unix:///path, tcp://host:port.", valueName: "url"))
    var host: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("A docker context to take the endpoint from.", valueName: "name"))
    var context: String?

    @Flag(help: "Use TLS without verifying the daemon's certificate.")
    var tls = false

    @Flag(name: .customLong("tlsverify"), help: "Use TLS and verify the daemon's certificate.")
    var tlsVerify = false

    @Option(name: .customLong("tlscacert"), help: ArgumentHelp("The authorities to trust.", valueName: "file"))
    var authorities: String?

    @Option(name: .customLong("tlscert"), help: ArgumentHelp("The client's certificate.", valueName: "file"))
    var certificate: String?

    @Option(name: .customLong("tlskey"), help: ArgumentHelp("The client's key.", valueName: "file"))
    var key: String?

    var resolverOptions: EndpointResolver.Options {
        EndpointResolver.Options(
            host: host, context: context, tls: tls ? true : nil, tlsVerify: tlsVerify ? true : nil,
            authoritiesPath: authorities, certificatePath: certificate, keyPath: key)
    }

    /// The endpoint that options, environment and docker's configuration name; nil where none is named.
    func resolveNamed() throws -> ResolvedEndpoint? {
        let resolved = try EndpointResolver(options: resolverOptions).resolve()
        if case .unspecified = resolved.origin { return nil }
        return resolved
    }

    /// As `resolveNamed`.
    ///
    /// - Throws: `Fault` where none is named, since nobody's own daemon is touched unasked.
    func resolve(for purpose: String) throws -> ResolvedEndpoint {
        guard let resolved = try resolveNamed() else {
            throw Fault(
                description: "no endpoint to \(purpose): name one with --host, DOCKER_HOST or a docker context, "
                    + "e.g. --host unix:///var/run/docker.sock")
        }
        return resolved
    }

    /// The options to type again for the same endpoint.
    func words(for resolved: ResolvedEndpoint) -> String {
        var words = ["--host \(resolved.endpoint)"]
        if let context { words = ["--context \(context)"] }
        if tls { words.append("--tls") }
        if tlsVerify { words.append("--tlsverify") }
        if let authorities { words.append("--tlscacert \(authorities)") }
        if let certificate { words.append("--tlscert \(certificate)") }
        if let key { words.append("--tlskey \(key)") }
        return words.joined(separator: " ")
    }
}
