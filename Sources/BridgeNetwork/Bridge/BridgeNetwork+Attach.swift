import LinuxKernel
import Logging

extension BridgeNetwork {
    /// Gives a container its network namespace, address and published ports. They are reachable when this returns.
    ///
    /// - Throws: `portInUse` where a host port is taken, in docker's words; `invalidArgument`; `exhausted`; `system`.
    public func attach(_ request: AttachRequest) async throws(NetworkError) -> Lease {
        let active = try requireActive()
        guard leases[request.containerID] == nil, attaching.insert(request.containerID).inserted else {
            throw NetworkError(.invalidArgument, "container \(request.containerID) is on the network already")
        }
        defer { attaching.remove(request.containerID) }
        let prepared = try await namespace(for: request, active)
        let endpointID = Hexadecimal.random(bytes: 32)
        do {
            let published = try ledger.reserve(
                request.ports, for: request.containerID, at: IPAddress(ipv4: prepared.address))
            let lease = makeLease(request, prepared, endpointID, published, active)
            try publish(lease)
            leases[request.containerID] = lease
            return lease
        } catch {
            ledger.release(request.containerID)
            let isPlain = request.address == nil && request.macAddress == nil
            isPlain
                ? pool.giveBack(prepared)
                : active.plan.addresses.retire(prepared.address, veth: prepared.vethName)
            throw NetworkError(
                error.code,
                "failed to set up container networking: driver failed programming external connectivity on endpoint "
                    + "\(request.containerName) (\(endpointID)): \(error.message)")
        }
    }

    /// A network namespace with nothing but `lo`, for `--network none`; it goes when nobody holds it.
    public func attachIsolated() async throws(NetworkError) -> FileDescriptor {
        if let prepared = pool.takeIsolated() { return prepared }
        return try await builder.isolated()
    }

    /// Takes over a lease of a container that runs on from before a restart.
    ///
    /// A port that another process took meanwhile is published all the same.
    public func restore(_ lease: Lease) throws(NetworkError) {
        _ = try requireActive()
        guard leases[lease.containerID] == nil else { return }
        try adopt(lease)
        do {
            try publish(lease)
        } catch {
            release(containerID: lease.containerID)
            throw error
        }
    }

    /// Ends a lease: unpublishes and frees its ports, lets its namespace go. Waits for nothing: the kernel takes the
    /// interfaces down in its own time, and only then is the address used again. An unknown container is no error.
    public func release(containerID: String) {
        guard let lease = leases.removeValue(forKey: containerID) else { return }
        unpublish(lease)
        ledger.release(containerID)
        guard let address = IPAddress(lease.address)?.number else { return }
        active?.plan.addresses.retire(address, veth: lease.vethName)
    }

    /// The lease of a container.
    public func lease(containerID: String) -> Lease? { leases[containerID] }

    /// What went through a container's interface, as the container sees it.
    public func statistics(containerID: String) throws(NetworkError) -> InterfaceStatistics {
        guard let lease = leases[containerID], let kernel else {
            throw NetworkError(.invalidArgument, "container \(containerID) is not on the network")
        }
        let link = try NetworkError.system { () throws(SystemError) in try kernel.route.link(named: lease.vethName) }
        guard let link else {
            throw NetworkError(.system, "the interface \(lease.vethName) of container \(containerID) is gone")
        }
        return link.statistics.mirrored
    }

    func requireActive() throws(NetworkError) -> Active {
        guard let active else { throw NetworkError(.system, "the bridge network is not started") }
        return active
    }

    /// Enters a lease that exists already into the books.
    func adopt(_ lease: Lease) throws(NetworkError) {
        let active = try requireActive()
        guard let address = IPAddress(lease.address), !address.isIPv6 else {
            throw NetworkError(.invalidArgument, "\"\(lease.address)\" is not an IPv4 address")
        }
        pool.drop(address: address.number)
        guard active.plan.addresses.take(address.number) else {
            throw NetworkError(.exhausted, "address \(lease.address) of container \(lease.containerID) is not free")
        }
        do {
            for port in try ledger.restore(lease.published, of: lease.containerID) {
                logger.warning(
                    "another process took the published port \(port.hostAddress):\(port.hostPort)/\(port.transport) while no daemon ran",
                    metadata: ["container": "\(lease.containerID)"])
            }
        } catch {
            ledger.release(lease.containerID)
            active.plan.addresses.retire(address.number, veth: lease.vethName)
            throw error
        }
        leases[lease.containerID] = lease
    }

    private func namespace(for request: AttachRequest, _ active: Active) async throws(NetworkError) -> PreparedNamespace
    {
        var macAddress: MACAddress?
        if let text = request.macAddress {
            guard let parsed = MACAddress(text) else {
                throw NetworkError(.invalidArgument, "\(text) is not a valid mac address")
            }
            macAddress = parsed
        }
        var address: UInt32?
        if let text = request.address {
            guard let parsed = IPAddress(text), !parsed.isIPv6 else {
                throw NetworkError(.invalidArgument, "\"\(text)\" is not an IPv4 address")
            }
            pool.drop(address: parsed.number)
            guard active.plan.addresses.network.contains(parsed.number) else {
                throw NetworkError(
                    .invalidArgument, "no configured subnet contains IP address \(text)")
            }
            guard active.plan.addresses.take(parsed.number) else {
                throw NetworkError(.exhausted, "Address already in use")
            }
            address = parsed.number
        }
        if address == nil, macAddress == nil, let ready = pool.takeBridged() { return ready }
        return try await builder.bridged(active.plan, address: address, macAddress: macAddress)
    }

    private func makeLease(
        _ request: AttachRequest, _ prepared: PreparedNamespace, _ endpointID: String, _ published: [PublishedPort],
        _ active: Active
    ) -> Lease {
        let network = active.plan.addresses.network
        let ipv6 = active.plan.ipv6?.address(for: prepared.address).description
        return Lease(
            containerID: request.containerID, endpointID: endpointID, namespace: prepared.namespace, interface: "eth0",
            vethName: prepared.vethName, address: IPAddress(ipv4: prepared.address).description,
            prefixLength: Int(network.prefixLength), gateway: active.gateway,
            macAddress: prepared.macAddress.description, ipv6Address: ipv6,
            ipv6PrefixLength: ipv6 == nil ? 0 : Int(IPv6Network.prefixLength), ipv6Gateway: active.ipv6Gateway,
            published: published)
    }
}
