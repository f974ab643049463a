import LinuxKernel

/// A network namespace that is ready for a container: `eth0` up, with its address and default route.
struct PreparedNamespace: Sendable {
    let namespace: FileDescriptor
    let vethName: String
    let address: UInt32
    let macAddress: MACAddress
}

/// What a namespace is connected to.
struct NamespacePlan: Sendable {
    let bridgeIndex: Int32
    let mtu: UInt32
    let addresses: AddressPool
    /// The range of IPv6 addresses; `nil` leaves IPv6 off but for `lo`.
    let ipv6: IPv6Network?
}

/// Makes network namespaces on a thread of its own: each costs about a millisecond, most of it in the kernel's locks.
actor NamespaceBuilder {
    private static let loopback: Int32 = 1
    private static let interface: Int32 = 2

    nonisolated let thread: NamespaceThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// The addresses of the network that was cleaned up last.
    private var ended: AddressPool?
    private var host: (namespace: FileDescriptor, route: RouteSocket)?

    init(hostNamespace: FileDescriptor?) throws(NetworkError) {
        do {
            thread = try NamespaceThread(name: "drydock-netns", namespace: hostNamespace)
        } catch {
            throw NetworkError(error)
        }
    }

    /// A namespace with an address of the plan's.
    ///
    /// - Parameters:
    ///   - address: one that the caller took; `nil` takes the next.
    ///   - macAddress: `nil` derives it from the address.
    func bridged(
        _ plan: NamespacePlan, address: UInt32? = nil, macAddress: MACAddress? = nil
    ) throws(NetworkError) -> PreparedNamespace {
        guard plan.addresses !== ended else { throw NetworkError(.system, "the network is being cleaned up") }
        let route = try NetworkError.system { () throws(SystemError) in try connect().route }
        let own: UInt32
        if let address {
            own = address
        } else {
            own = try plan.addresses.takeNext { (veth) throws(NetworkError) in
                try NetworkError.system { () throws(SystemError) in try route.link(named: veth) } == nil
            }
        }
        let veth = "veth" + Hexadecimal.random(bytes: 4).dropLast()
        do {
            return try build(plan, address: own, macAddress: macAddress ?? MACAddress(for: own), veth: veth)
        } catch {
            plan.addresses.retire(own, veth: veth)
            throw NetworkError(error)
        }
    }

    /// A namespace with nothing but `lo`, which is up.
    func isolated() throws(NetworkError) -> FileDescriptor {
        try NetworkError.system { () throws(SystemError) in
            try NetworkNamespace.make(home: try connect().namespace) { (namespace) throws(SystemError) in
                try RouteSocket().perform { $0.setUp(Self.loopback) }
                return namespace
            }
        }
    }

    /// Makes no more namespaces with those addresses; returns when the last one that was begun is made.
    func end(_ addresses: AddressPool?) { ended = addresses }

    private func build(
        _ plan: NamespacePlan, address: UInt32, macAddress: MACAddress, veth: String
    ) throws(SystemError) -> PreparedNamespace {
        let host = try connect()
        let (namespace, inside) = try NetworkNamespace.make(home: host.namespace) {
            (namespace) throws(SystemError) -> (FileDescriptor, RouteSocket) in
            // New interfaces get no IPv6 unless the network has it; `lo` keeps ::1, as in docker's containers.
            if plan.ipv6 == nil, try NetworkSetting.read("ipv6/conf/default/disable_ipv6") == "0" {
                try NetworkSetting.write("ipv6/conf/default/disable_ipv6", "1")
            }
            return (namespace, try RouteSocket())
        }
        try host.route.perform {
            $0.makeVeth(
                veth, master: plan.bridgeIndex, mtu: plan.mtu,
                peer: VethPeer(
                    name: "eth0", index: Self.interface, macAddress: macAddress.bytes, namespace: namespace))
            $0.setHairpin(veth)
        }
        let network = plan.addresses.network
        try inside.perform {
            $0.setUp(Self.loopback)
            $0.setUp(Self.interface)
            $0.addAddress(IPAddress(ipv4: address).bytes, prefixLength: network.prefixLength, to: Self.interface)
            $0.addDefaultRoute(gateway: IPAddress(ipv4: network.gateway).bytes, index: Self.interface)
            if let ipv6 = plan.ipv6 {
                $0.addAddress(
                    ipv6.address(for: address).bytes, prefixLength: IPv6Network.prefixLength, to: Self.interface)
                $0.addDefaultRoute(gateway: ipv6.address(for: network.gateway).bytes, index: Self.interface)
            }
        }
        // A link drops what it should send until the kernel has dealt with its carrier: in its own time, or as soon as
        // somebody asks for the link (since Linux 6.8).
        _ = try host.route.link(named: veth)
        _ = try host.route.link(index: plan.bridgeIndex)
        return PreparedNamespace(namespace: namespace, vethName: veth, address: address, macAddress: macAddress)
    }

    /// The host's namespace and its links, opened at first use since only this thread is there.
    private func connect() throws(SystemError) -> (namespace: FileDescriptor, route: RouteSocket) {
        if let host { return host }
        let opened = (namespace: try NetworkNamespace.current(), route: try RouteSocket())
        host = opened
        return opened
    }
}
