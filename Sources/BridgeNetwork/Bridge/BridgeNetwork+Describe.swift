import CLinux

extension BridgeNetwork {
    /// The three networks that every docker daemon has, in docker's order of age: none, host, bridge.
    public func describe() -> [NetworkDescription] {
        [
            fixed("none", driver: "null"), fixed("host", driver: "host"),
            NetworkDescription(
                id: state.identities["bridge"]?.id ?? "", name: "bridge", driver: "bridge",
                createdNanoseconds: state.identities["bridge"]?.createdNanoseconds ?? 0, subnets: subnets,
                enablesIPv6: active?.plan.ipv6 != nil,
                options: [
                    "com.docker.network.bridge.default_bridge": "true",
                    "com.docker.network.bridge.enable_icc": "true",
                    "com.docker.network.bridge.enable_ip_masquerade": "true",
                    "com.docker.network.bridge.host_binding_ipv4": "0.0.0.0",
                    "com.docker.network.bridge.name": configuration.bridgeName,
                    "com.docker.network.driver.mtu": "\(configuration.mtu)",
                ],
                endpoints: leases.values.map(Self.endpoint).sorted { $0.containerID < $1.containerID }),
        ]
    }

    /// Draws the identifiers of networks that have none yet.
    func nameNetworks() {
        for name in ["none", "host", "bridge"] where state.identities[name] == nil {
            state.identities[name] = .init(
                id: Hexadecimal.random(bytes: 32), createdNanoseconds: clinux_realtime_ns())
        }
    }

    private func fixed(_ name: String, driver: String) -> NetworkDescription {
        NetworkDescription(
            id: state.identities[name]?.id ?? "", name: name, driver: driver,
            createdNanoseconds: state.identities[name]?.createdNanoseconds ?? 0, subnets: [], enablesIPv6: false,
            options: [:], endpoints: [])
    }

    private var subnets: [NetworkDescription.Subnet] {
        guard let active else { return [] }
        var subnets = [
            NetworkDescription.Subnet(subnet: active.plan.addresses.network.description, gateway: active.gateway)
        ]
        if let ipv6 = active.plan.ipv6, let gateway = active.ipv6Gateway {
            let base = IPAddress(bytes: ipv6.base)
            subnets.append(.init(subnet: "\(base)/\(IPv6Network.prefixLength)", gateway: gateway))
        }
        return subnets
    }

    private static func endpoint(_ lease: Lease) -> NetworkDescription.Endpoint {
        NetworkDescription.Endpoint(
            containerID: lease.containerID, endpointID: lease.endpointID, macAddress: lease.macAddress,
            ipv4Address: "\(lease.address)/\(lease.prefixLength)",
            ipv6Address: lease.ipv6Address.map { "\($0)/\(lease.ipv6PrefixLength)" } ?? "")
    }
}
