import BridgeNetwork
import OCI

extension Engine {
    /// Everything of one container.
    public func inspect(_ name: String, size: Bool = false) async throws(EngineError) -> ContainerDetails {
        let container = try container(name)
        let definition = container.definition
        let (record, execIDs) = container.read { life in
            (life.record, life.execs.values.filter { exec in exec.read { $0.exitCode == nil } }.map(\.id).sorted())
        }
        let files = hostFiles(of: container)
        var host = record.hostConfiguration
        host.links = shownLinks(of: container)
        let wasStarted = record.state.startedAt != nil
        let hasLogPath = record.hostConfiguration.logConfiguration.driver == "json-file"
        return ContainerDetails(
            id: container.id, name: record.name, created: definition.created,
            path: definition.commandLine.first ?? "", arguments: Array(definition.commandLine.dropFirst()),
            state: record.state, image: definition.image ?? .sha256(of: []), platform: "linux",
            resolvConfPath: wasStarted ? files.resolvConf : "", hostnamePath: wasStarted ? files.hostname : "",
            hostsPath: wasStarted ? files.hosts : "", logPath: hasLogPath && wasStarted ? container.logPath : "",
            restartCount: record.restartCount, storageDriver: "overlay2",
            storageDirectories: [
                "ID": container.id, "LowerDir": definition.lowerDirectories.joined(separator: ":"),
                "UpperDir": container.upperDirectory, "WorkDir": container.workDirectory,
                "MergedDir": container.rootDirectory,
            ],
            execIDs: execIDs.isEmpty ? nil : execIDs, hostConfiguration: host,
            configuration: definition.configuration, mounts: definition.mountPoints.map(\.point),
            network: networkSettings(of: container), size: size ? await self.size(of: container) : nil)
    }

    private func networkSettings(of container: Container) -> NetworkSettings {
        let (lease, isRunning) = container.read { ($0.record.lease?.lease, $0.process != nil) }
        let pid = container.state.pid
        var settings = NetworkSettings()
        settings.endpoints = endpoints(of: container)
        guard isRunning else { return settings }
        settings.sandboxID = Digest.sha256(of: Array("\(container.id)-\(pid)".utf8)).hexadecimal
        settings.sandboxKey = "/proc/\(pid)/ns/net"
        guard let lease else { return settings }
        for port in container.definition.configuration.exposedPorts {
            guard let parsed = try? ContainerPort(port) else { continue }
            settings.ports[parsed.text] = .some(nil)
        }
        for port in lease.published {
            let key = "\(port.containerPort)/\(port.transport.rawValue)"
            let binding = PortBinding(hostIP: port.hostAddress, hostPort: String(port.hostPort))
            settings.ports[key] = ((settings.ports[key] ?? nil) ?? []) + [binding]
        }
        return settings
    }

    /// The container's side of its networks.
    func endpoints(of container: Container) -> [String: EndpointSettings] {
        let record = container.read { $0.record }
        let mode = container.definition.configuration.networkDisabled ? "none" : record.hostConfiguration.networkMode
        guard !mode.hasPrefix("container:") else { return [:] }
        var endpoint =
            container.definition.endpoints[mode] ?? container.definition.endpoints["default"]
            ?? EndpointSettings()
        // As in dockerd, the network stays known after the end, what was lent by it does not.
        endpoint.networkID = record.state.startedAt == nil ? "" : networkIDs.id(of: mode)
        if let lease = record.lease?.lease {
            endpoint.endpointID = lease.endpointID
            endpoint.macAddress = lease.macAddress
            endpoint.ipAddress = lease.address
            endpoint.ipPrefixLength = lease.prefixLength
            endpoint.gateway = lease.gateway
            endpoint.globalIPv6Address = lease.ipv6Address ?? ""
            endpoint.globalIPv6PrefixLength = lease.ipv6Address == nil ? 0 : lease.ipv6PrefixLength
            endpoint.ipv6Gateway = lease.ipv6Gateway ?? ""
        } else if record.state.isRunning {
            endpoint.endpointID = Digest.sha256(of: Array("\(container.id)-\(mode)".utf8)).hexadecimal
        }
        return [mode: endpoint]
    }
}

/// The IDs of the networks, which never change while an engine runs.
struct NetworkIDs: Sendable {
    private let ids: [String: String]

    init(_ networks: [NetworkDescription]) {
        ids = Dictionary(networks.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
    }

    func id(of name: String) -> String { ids[name] ?? "" }
}
