import LinuxKernel
import Logging

/// What the network needs of the host besides its table: the bridge and a few settings.
struct HostBridge {
    /// How `ip link show` tells that the bridge is ours to remove.
    static let alias = "drydock"

    let configuration: NetworkConfiguration
    let route: RouteSocket
    let logger: Logger

    /// The range to use: the configured one, the one used before, or the first that is free.
    func chooseSubnet(_ remembered: IPv4Network?) throws(NetworkError) -> IPv4Network {
        let taken = try takenNetworks()
        if let subnet = configuration.subnet {
            guard !taken.contains(where: { $0.overlaps(subnet) }) else {
                throw NetworkError(
                    .exhausted, "subnet \(subnet) overlaps with a route of this host: choose another subnet")
            }
            return subnet
        }
        let candidates = (remembered.map { [$0] } ?? []) + NetworkConfiguration.candidateSubnets
        guard let free = candidates.first(where: { candidate in !taken.contains { $0.overlaps(candidate) } }) else {
            throw NetworkError(.exhausted, "every default subnet overlaps with a route of this host: choose a subnet")
        }
        return free
    }

    /// Makes the bridge where it is missing, gives it its addresses, brings it up, and answers its number.
    func ensure(_ network: IPv4Network, ipv6: IPv6Network?) throws(NetworkError) -> Int32 {
        try NetworkError.system { () throws(SystemError) in
            if try route.link(named: configuration.bridgeName) == nil {
                try route.perform { $0.makeBridge(configuration.bridgeName, mtu: configuration.mtu) }
            }
        }
        guard
            let link = try NetworkError.system({ () throws(SystemError) in
                try route.link(named: configuration.bridgeName)
            }), link.kind == "bridge"
        else {
            throw NetworkError(
                .invalidArgument, "\(configuration.bridgeName) exists and is no bridge: choose another bridge name")
        }
        try NetworkError.system { () throws(SystemError) in
            // A bridge that already has a network's addresses and no alias was made by somebody else: it stays theirs.
            let isOurs = link.alias == Self.alias || !link.isUp
            try giveAddresses(network, ipv6, to: link.index, removingOthers: isOurs)
            // A bridge without an address of its own takes the lowest of its ports': it would change with containers that
            // come and go, and each change makes the host forget its neighbours and what waits for them.
            let macAddress = MACAddress(for: network.gateway).bytes
            try route.perform {
                $0.setUp(
                    link.index, alias: isOurs ? Self.alias : nil,
                    macAddress: isOurs && link.macAddress != macAddress ? macAddress : nil)
            }
            // Answers to the host's own 127.0.0.1 come in by the bridge; the table keeps everything else off loopback.
            try NetworkSetting.write("ipv4/conf/\(configuration.bridgeName)/route_localnet", "1")
        }
        return link.index
    }

    /// Turns forwarding on, which is what makes the host carry packets between containers and the world; notes in
    /// `state` between which interfaces it carried none before, so that the table can keep that as it was.
    func enableForwarding(ipv6: Bool, _ state: inout NetworkState) throws(NetworkError) {
        let names = try NetworkError.system { () throws(SystemError) in try route.links() }
            .map(\.name).filter { $0 != configuration.bridgeName && $0 != "lo" }.sorted()
        for (suffix, setting) in forwardingSettings where suffix == "4" || ipv6 {
            let value = try NetworkError.system { () throws(SystemError) in try NetworkSetting.read(setting) }
            guard value == "0" else { continue }
            if suffix == "6", try learnsRoutesFromRouters() {
                logger.warning(
                    """
                    IPv6 forwarding stays off, since this host learns its routes from router advertisements: ports \
                    published on IPv6 answer this host alone until net.ipv6.conf.all.forwarding=1 is set
                    """)
                continue
            }
            state.unforwarded[suffix] = names
            try state.save(to: configuration.stateDirectory)
            try NetworkError.system { () throws(SystemError) in try NetworkSetting.write(setting, "1") }
        }
    }

    /// Turns off again what `enableForwarding` turned on.
    func restoreForwarding(_ state: NetworkState) throws(NetworkError) {
        for (suffix, setting) in forwardingSettings where state.unforwarded[suffix] != nil {
            try NetworkError.system { () throws(SystemError) in try NetworkSetting.write(setting, "0") }
        }
    }

    /// Removes the bridge and the containers' interfaces on it.
    func remove() throws(NetworkError) {
        try NetworkError.system { () throws(SystemError) in
            guard let bridge = try route.link(named: configuration.bridgeName), bridge.kind == "bridge" else { return }
            for port in try route.links() where port.master == bridge.index && port.kind == "veth" {
                do throws(SystemError) {
                    try route.perform { $0.deleteLink(port.index) }
                } catch  where error.isAbsence {
                    // It went with its container meanwhile.
                }
            }
            if bridge.alias == Self.alias { try route.perform { $0.deleteLink(bridge.index) } }
        }
    }

    private var forwardingSettings: [(String, String)] {
        [("4", "ipv4/ip_forward"), ("6", "ipv6/conf/all/forwarding")]
    }

    /// The ranges that the host has routes to, but for our bridge's.
    private func takenNetworks() throws(NetworkError) -> [IPv4Network] {
        try NetworkError.system { () throws(SystemError) in
            let own = try route.link(named: configuration.bridgeName)?.index
            return try route.routes(ipv6: false).compactMap { route in
                guard route.destination.count == 4, route.prefixLength > 0, own == nil || route.interface != own else {
                    return nil
                }
                return IPv4Network(
                    containing: IPAddress(bytes: route.destination).number, prefixLength: route.prefixLength)
            }
        }
    }

    private func learnsRoutesFromRouters() throws(NetworkError) -> Bool {
        try NetworkError.system { () throws(SystemError) in try route.routes(ipv6: true) }.contains { $0.isAdvertised }
    }

    private func giveAddresses(
        _ network: IPv4Network, _ ipv6: IPv6Network?, to index: Int32, removingOthers: Bool
    ) throws(SystemError) {
        let present = try route.addresses().filter { $0.index == index }
        let gateway = IPAddress(ipv4: network.gateway).bytes
        for other in present where removingOthers && other.address.count == 4 {
            guard other.address != gateway || other.prefixLength != network.prefixLength else { continue }
            try route.perform { $0.removeAddress(other.address, prefixLength: other.prefixLength, from: index) }
        }
        var wanted = [(gateway, network.prefixLength)]
        if let ipv6 { wanted.append((ipv6.address(for: network.gateway).bytes, IPv6Network.prefixLength)) }
        for (address, prefixLength) in wanted
        where !present.contains(where: { $0.address == address && $0.prefixLength == prefixLength }) {
            try route.perform { $0.addAddress(address, prefixLength: prefixLength, to: index) }
        }
    }
}
