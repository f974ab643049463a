import BridgeNetwork
import OCI

extension Engine {
    /// The networks; filters `dangling driver id label name scope type`.
    public func networks(_ filters: FilterArguments = .init()) async throws(EngineError) -> [NetworkDetails] {
        try filters.check(["dangling", "driver", "id", "label", "name", "scope", "type"])
        for kind in filters["type"] where !["builtin", "custom"].contains(kind) {
            throw EngineError(.invalidArgument, "invalid filter: 'type'='\(kind)'")
        }
        let dangling = try filters.flag("dangling")
        return await describeNetworks().filter { network in
            func any(_ name: String, _ fits: (String) -> Bool) -> Bool {
                filters[name].isEmpty || filters[name].contains(where: fits)
            }
            // The three predefined networks are never dangling.
            return (dangling ?? false) == false && any("driver") { $0 == network.driver }
                && any("id") { network.id.hasPrefix($0) } && any("name") { network.name.contains($0) }
                && any("scope") { $0 == network.scope } && any("type") { $0 == "builtin" }
                && filters.acceptsLabels(network.labels)
        }
    }

    /// One network, by name, ID, or the start of an ID.
    public func network(_ name: String) async throws(EngineError) -> NetworkDetails {
        let all = await describeNetworks()
        if let network = all.first(where: { $0.id == name || $0.name == name }) { return network }
        let matches = all.filter { !name.isEmpty && $0.id.hasPrefix(name) }
        guard let network = matches.first else { throw EngineError(.notFound, "network \(name) not found") }
        guard matches.count == 1 else {
            throw EngineError(
                .invalidArgument, "network \(name) is ambiguous (\(matches.count) matches found based on ID prefix)")
        }
        return network
    }

    /// Removes networks without containers; predefined ones stay, so that nothing goes.
    ///
    /// - Parameter filters: `label`, `label!`, `until`.
    public func pruneNetworks(_ filters: FilterArguments) async throws(EngineError) {
        try filters.check(["label", "label!", "until"])
        _ = try filters.until()
        eventBus.publish(.network, "prune", actor: "", attributes: [Event.Attribute("reclaimed", "0")])
    }

    private func describeNetworks() async -> [NetworkDetails] {
        let descriptions = await network.describe()
        return descriptions.map { description in
            var details = NetworkDetails(
                name: description.name, id: description.id,
                created: Timestamp(nanosecondsSince1970: description.createdNanoseconds), driver: description.driver,
                pools: description.subnets.isEmpty
                    ? nil : description.subnets.map { NetworkDetails.Pool(subnet: $0.subnet, gateway: $0.gateway) })
            details.enablesIPv6 = description.enablesIPv6
            details.options = description.options
            for endpoint in description.endpoints {
                // An endpoint whose container is just being removed has no name any more.
                guard let container = try? container(endpoint.containerID) else { continue }
                details.containers[endpoint.containerID] = NetworkDetails.Member(
                    name: container.name, endpointID: endpoint.endpointID, macAddress: endpoint.macAddress,
                    ipv4Address: endpoint.ipv4Address, ipv6Address: endpoint.ipv6Address)
            }
            if description.name != "bridge" { addSharers(of: description.name, to: &details) }
            return details
        }
    }

    /// Containers of `host` and `none`, which have no lease.
    private func addSharers(of name: String, to details: inout NetworkDetails) {
        for container in containers.all where container.state.isRunning {
            guard let endpoint = endpoints(of: container)[name] else { continue }
            details.containers[container.id] = NetworkDetails.Member(
                name: container.name, endpointID: endpoint.endpointID, macAddress: "", ipv4Address: "", ipv6Address: "")
        }
    }

    /// `connect` and `disconnect` of a container's network.
    func publishNetwork(_ action: String, _ container: Container) {
        let mode = container.read { $0.record.hostConfiguration.networkMode }
        eventBus.publish(
            .network, action, actor: networkIDs.id(of: mode),
            attributes: [
                Event.Attribute("container", container.id), Event.Attribute("name", mode),
                Event.Attribute("type", mode),
            ])
    }
}
