import LinuxKernel
import Logging

/// The network that containers have by default: a bridge with an address range, published ports, and a way out.
///
/// Runs on a thread of its own, since netlink(7) blocks; at the host it touches one bridge, one nftables table, the
/// interfaces of its containers and, where it was off, IP forwarding. `cleanup()` undoes all of it.
///
/// Firewalls of others still have their say: nftables lets a packet pass only where every table does.
public actor BridgeNetwork {
    /// What exists while the network is up.
    struct Active {
        let plan: NamespacePlan
        let ruleset: Ruleset
        let gateway: String
        let ipv6Gateway: String?
    }

    /// The sockets of this thread's namespace, opened once.
    struct Kernel {
        let route: RouteSocket
        let netfilter: NetfilterSocket
    }

    nonisolated let thread: NamespaceThread
    /// The network's own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    nonisolated let configuration: NetworkConfiguration
    nonisolated let logger: Logger
    nonisolated let builder: NamespaceBuilder
    nonisolated let pool: NetworkNamespacePool

    var kernel: Kernel?
    var active: Active?
    var state = NetworkState()
    var ledger = PortLedger()
    var leases: [String: Lease] = [:]
    /// Containers between `attach` and its answer.
    var attaching: Set<String> = []
    /// Closed to end the watcher.
    var watcherStop: FileDescriptor?

    /// A network that is not started yet; nothing of the host is touched.
    public init(configuration: NetworkConfiguration, logger: Logger) throws(NetworkError) {
        try configuration.check()
        self.configuration = configuration
        self.logger = logger
        thread = try NetworkError.system { () throws(SystemError) in
            try NamespaceThread(name: "drydock-network", namespace: configuration.hostNamespace)
        }
        builder = try NamespaceBuilder(hostNamespace: configuration.hostNamespace)
        pool = NetworkNamespacePool(builder: builder, configuration: configuration, logger: logger)
    }

    /// Brings the network up, or back to what it should be where it is up already.
    ///
    /// - Parameter restored: leases of containers that run on from before a restart; their ports are published again in
    ///   the step that replaces the table, so that no connection finds a gap.
    public func start(restoring restored: [Lease] = []) throws(NetworkError) {
        let kernel = try openKernel()
        state = try NetworkState.load(from: configuration.stateDirectory)
        let bridge = HostBridge(configuration: configuration, route: kernel.route, logger: logger)
        let ipv6 = try wantsIPv6()
        let network = try bridge.chooseSubnet(state.subnet)
        state.subnet = network
        var generator = SystemRandomNumberGenerator()
        if ipv6, state.ipv6 == nil { state.ipv6 = .random(using: &generator) }
        nameNetworks()
        try state.save(to: configuration.stateDirectory)
        let index = try bridge.ensure(network, ipv6: ipv6 ? state.ipv6 : nil)
        try bridge.enableForwarding(ipv6: ipv6, &state)
        try activate(index: index, network: network, ipv6: ipv6 ? state.ipv6 : nil)
        for lease in restored where leases[lease.containerID] == nil { try adopt(lease) }
        try watchFirewall(kernel)
        try replaceTable()
        if let active { pool.open(active.plan) }
    }

    /// Lets go of everything that dies with the daemon anyway; containers keep their network.
    public func stop() {
        pool.close()
        watcherStop = nil
        active = nil
        for id in leases.keys { ledger.release(id) }
        leases.removeAll()
        kernel = nil
    }

    /// Takes everything of ours off the host, containers' interfaces included. Works without `start()`, too.
    public func cleanup() async throws(NetworkError) {
        let ending = active?.plan.addresses
        active = nil
        pool.close()
        // A namespace that is being made, or about to be, would put its interface on the bridge behind the list of what is
        // on it.
        await builder.end(ending)
        let kernel = try openKernel()
        let kept = try NetworkState.load(from: configuration.stateDirectory)
        watcherStop = nil
        let bridge = HostBridge(configuration: configuration, route: kernel.route, logger: logger)
        try bridge.remove()
        try NetworkError.system { () throws(SystemError) in
            guard try kernel.netfilter.hasTable(configuration.tableName) else { return }
            var batch = NetfilterBatch(table: configuration.tableName)
            batch.deleteTable()
            try kernel.netfilter.commit(batch)
        }
        try bridge.restoreForwarding(kept)
        try NetworkState.remove(from: configuration.stateDirectory)
        state = NetworkState()
        stop()
    }

    private func openKernel() throws(NetworkError) -> Kernel {
        if let kernel { return kernel }
        let opened = try NetworkError.system { () throws(SystemError) in
            Kernel(route: try RouteSocket(), netfilter: try NetfilterSocket())
        }
        kernel = opened
        return opened
    }

    private func wantsIPv6() throws(NetworkError) -> Bool {
        guard configuration.ipv6 else { return false }
        return try NetworkError.system { () throws(SystemError) in
            for interfaces in ["all", "default"] {
                guard try NetworkSetting.read("ipv6/conf/\(interfaces)/disable_ipv6") == "0" else { return false }
            }
            return true
        }
    }

    private func activate(index: Int32, network: IPv4Network, ipv6: IPv6Network?) throws(NetworkError) {
        let ports = try NetworkError.system { () throws(SystemError) in
            try NetworkSetting.read("ipv4/ip_local_port_range")
        }
        let bounds = (ports ?? "").split { $0 == "\t" || $0 == " " }.compactMap { UInt16($0) }
        if bounds.count == 2, bounds[0] > 0, bounds[0] <= bounds[1] { ledger.ephemeralPorts = bounds[0]...bounds[1] }
        ledger.publishesIPv6 = ipv6 != nil
        let addresses = active?.plan.addresses.network == network ? active?.plan.addresses : nil
        let plan = NamespacePlan(
            bridgeIndex: index, mtu: configuration.mtu, addresses: addresses ?? AddressPool(network: network),
            ipv6: ipv6)
        let gateway = IPAddress(ipv4: network.gateway)
        var families = [
            Ruleset.Family(
                isIPv6: false, network: IPAddress(ipv4: network.base).bytes, prefixLength: Int(network.prefixLength),
                gateway: gateway.bytes)
        ]
        if let ipv6 {
            families.append(
                Ruleset.Family(
                    isIPv6: true, network: ipv6.base, prefixLength: Int(IPv6Network.prefixLength),
                    gateway: ipv6.address(for: network.gateway).bytes))
        }
        active = Active(
            plan: plan,
            ruleset: Ruleset(
                table: configuration.tableName, bridge: configuration.bridgeName, families: families,
                unforwarded: state.unforwarded),
            gateway: gateway.description, ipv6Gateway: ipv6?.address(for: network.gateway).description)
    }
}
