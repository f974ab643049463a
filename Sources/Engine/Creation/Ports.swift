import BridgeNetwork

/// A port of a container as docker writes it: `80/tcp`, `53/udp`, `80`.
struct ContainerPort: Sendable, Hashable {
    let number: UInt16
    let networkProtocol: String

    var text: String { "\(number)/\(networkProtocol)" }

    init(_ text: String) throws(EngineError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let networkProtocol = parts.count > 1 ? parts[1].lowercased() : "tcp"
        guard let number = UInt16(parts[0]), ["tcp", "udp", "sctp"].contains(networkProtocol) else {
            throw EngineError(.invalidArgument, "invalid port specification: \"\(text)\"")
        }
        self.number = number
        self.networkProtocol = networkProtocol
    }
}

/// Host ports as docker writes them: `8080`, `8000-8010`, or empty for any.
struct HostPorts: Sendable, Hashable {
    /// nil for any free one.
    let range: ClosedRange<UInt16>?

    init(_ text: String) throws(EngineError) {
        guard !text.isEmpty, text != "0" else {
            range = nil
            return
        }
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = UInt16(parts[0]), let last = UInt16(parts[parts.count - 1]), first <= last else {
            throw EngineError(.invalidArgument, "invalid port specification: \"\(text)\"")
        }
        range = first...last
    }
}

/// What a container asks of the network.
enum PortRequests {
    /// The ports to publish, by container port.
    static func requests(
        _ host: HostConfiguration, exposed: Set<String>
    ) throws(EngineError) -> [PortRequest] {
        var requests: [PortRequest] = []
        var bindings = host.portBindings
        if host.publishAllPorts { for port in exposed where bindings[port] == nil { bindings[port] = [PortBinding()] } }
        for (text, list) in bindings.sorted(by: { $0.key < $1.key }) {
            let port = try ContainerPort(text)
            for binding in list {
                do {
                    requests.append(
                        PortRequest(
                            containerPort: port.number, transport: try Transport(protocolName: port.networkProtocol),
                            hostAddress: binding.hostIP, hostPorts: try HostPorts(binding.hostPort).range))
                } catch let error as NetworkError {
                    throw EngineError(.invalidArgument, error.message)
                } catch let error as EngineError {
                    throw error
                } catch {
                    throw EngineError(.system, "\(error)")
                }
            }
        }
        return requests
    }
}
