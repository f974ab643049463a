import DockerAPI
import DockerClient
import RawJSON

/// Whether the ports that an endpoint publishes are reached from where the harness runs: an endpoint in a network
/// namespace or on a machine of its own publishes them there.
struct PortProbe: Sendable {
    let probe: ContainerProbe
    /// Where published ports are looked for.
    let address: String
    /// How long a container may take to answer.
    var patience = Duration.seconds(5)

    /// Why published ports cannot be judged from here; `nil` where they can, or nothing can be told.
    ///
    /// An endpoint that pulls from the registry on our loopback shares our network, so there a port that is not reached
    /// is the endpoint's own failure, which the cases judge.
    func refusal() async -> String? {
        guard !probe.images.hasRegistry else { return nil }
        return await probe.ask("published-ports", image: "probe") { session in
            let container = try await session.create(
                "listener",
                [
                    "Cmd": ["listen", "--port", "80"], "Hostname": .string(session.token.hash),
                    "ExposedPorts": ["80/tcp": [:]], "HostConfig": ["PortBindings": ["80/tcp": [["HostPort": ""]]]],
                ])
            try await session.start(container)
            let ports = try await session.inspect(container)["NetworkSettings"]?["Ports"]?["80/tcp"]?.array
            guard let port = ports?.first?["HostPort"]?.string else { return nil }
            let server = session.client.connecting(to: try EndpointURL(parsing: "http://\(address):\(port)"))
            let trouble = try await Deadline(after: patience).repeating {
                await complaint(of: server, hostname: session.token.hash)
            }
            return trouble.map {
                "ports that the endpoint publishes are not reached from here (\(address):\(port): \($0)). Run drydock "
                    + "in the endpoint's network namespace; for a peer: `peer exec NAME -- drydock check …`"
            }
        }
    }

    /// What is wrong with the answer of our listener; `nil` for nothing.
    private func complaint(of server: DockerClient, hostname: String) async -> String? {
        do {
            let request = EngineRequest(
                "GET", "/", versioning: .unversioned, headDeadline: patience, bodyDeadline: patience)
            let answer = try await server.send(request).json()
            return answer["hostname"]?.string == hostname ? nil : "somebody else answers"
        } catch {
            return "\(error)"
        }
    }
}
