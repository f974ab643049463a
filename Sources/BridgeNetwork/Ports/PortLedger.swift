import CLinux
import Glibc
import LinuxKernel

/// The host ports that containers hold: each bound by the daemon, so that no other process gets it.
struct PortLedger {
    private struct Key: Hashable {
        let transport: Transport
        let port: UInt16
    }

    private struct Holding {
        let address: IPAddress
        let containerID: String
        /// `nil` where another process took the port while no daemon ran.
        let socket: FileDescriptor?
    }

    /// Why a port could not be had. A range goes on to its next port.
    private enum Refusal: Error {
        /// One of ours has it, on that address.
        case allocated(IPAddress)
        /// The host refuses.
        case system(IPAddress, errno: Int32)
    }

    /// Where a port comes from by itself (net.ipv4.ip_local_port_range).
    var ephemeralPorts: ClosedRange<UInt16> = 32_768...60_999
    /// Whether ports asked for on all addresses are published on IPv6 too.
    var publishesIPv6 = false

    private var holdings: [Key: [Holding]] = [:]
    private var keys: [String: [Key]] = [:]
    private var lastEphemeral: [Transport: UInt16] = [:]

    /// Takes ports for a container: single ones first, then ranges, then free ones, as docker does, so that a range steps
    /// aside for a single port of the same container.
    ///
    /// - Parameter containerAddress: for the error message.
    mutating func reserve(
        _ requests: [PortRequest], for containerID: String, at containerAddress: IPAddress
    ) throws(NetworkError) -> [PublishedPort] {
        var taken: [[PublishedPort]] = Array(repeating: [], count: requests.count)
        let order = requests.indices.sorted { Self.rank(requests[$0]) < Self.rank(requests[$1]) }
        do {
            for index in order {
                taken[index] = try reserve(requests[index], for: containerID, at: containerAddress)
            }
        } catch {
            release(containerID)
            throw error
        }
        return taken.flatMap { $0 }
    }

    /// Takes ports again after a restart; answers those that another process has by now. They work all the same: the
    /// firewall sends them on before the host looks for a socket.
    mutating func restore(_ ports: [PublishedPort], of containerID: String) throws(NetworkError) -> [PublishedPort] {
        var lost: [PublishedPort] = []
        for port in ports {
            guard let address = IPAddress(port.hostAddress) else {
                throw NetworkError(.invalidArgument, "\"\(port.hostAddress)\" is not an IP address")
            }
            let key = Key(transport: port.transport, port: port.hostPort)
            if let holder = conflict(key, address) {
                throw NetworkError(
                    .portInUse, "Bind for \(holder):\(port.hostPort) failed: port is already allocated")
            }
            let number = Self.bind(key, address)
            if number < 0 { lost.append(port) }
            hold(key, Holding(address: address, containerID: containerID, socket: number < 0 ? nil : .init(number)))
        }
        return lost
    }

    /// Gives back all ports of a container.
    mutating func release(_ containerID: String) {
        for key in keys.removeValue(forKey: containerID) ?? [] {
            holdings[key]?.removeAll { $0.containerID == containerID }
            if holdings[key]?.isEmpty == true { holdings[key] = nil }
        }
    }

    private static func rank(_ request: PortRequest) -> Int {
        guard let ports = request.hostPorts, ports.upperBound > 0 else { return 2 }
        return ports.count == 1 ? 0 : 1
    }

    private mutating func reserve(
        _ request: PortRequest, for containerID: String, at containerAddress: IPAddress
    ) throws(NetworkError) -> [PublishedPort] {
        let addresses = try hostAddresses(of: request)
        var refusal: Refusal?
        var isEveryPortAllocated = true
        let (ports, first) = candidates(for: request)
        for step in 0..<ports.count {
            let offset = (Int(first - ports.lowerBound) + step) % ports.count
            let port = ports.lowerBound + UInt16(offset)
            do {
                try take(Key(transport: request.transport, port: port), on: addresses, for: containerID)
                if Self.rank(request) == 2 { lastEphemeral[request.transport] = port }
                return addresses.map {
                    PublishedPort(
                        containerPort: request.containerPort, transport: request.transport,
                        hostAddress: $0.description, hostPort: port)
                }
            } catch {
                if Self.rank(request) == 0 {
                    throw Self.explain(error, port, request, containerAddress)
                }
                guard case .system(_, let errno) = error else { continue }
                isEveryPortAllocated = false
                guard errno == EADDRINUSE else { throw Self.explain(error, port, request, containerAddress) }
                refusal = refusal ?? error
            }
        }
        guard !isEveryPortAllocated, let refusal else {
            throw NetworkError(.portInUse, "all ports are allocated")
        }
        throw Self.explain(refusal, first, request, containerAddress)
    }

    private func hostAddresses(of request: PortRequest) throws(NetworkError) -> [IPAddress] {
        if request.hostAddress.isEmpty { return publishesIPv6 ? [.anyIPv4, .anyIPv6] : [.anyIPv4] }
        guard let address = IPAddress(request.hostAddress) else {
            throw NetworkError(.invalidArgument, "\"\(request.hostAddress)\" is not an IP address")
        }
        guard publishesIPv6 || !address.isIPv6 else {
            throw NetworkError(
                .invalidArgument, "cannot publish on \(address): the network has no IPv6; publish on an IPv4 address")
        }
        guard address != .loopbackIPv6 else {
            throw NetworkError(.invalidArgument, "cannot publish on ::1: publish on 127.0.0.1")
        }
        return [address]
    }

    /// The ports to try and the first of them; after the last comes the lowest.
    private func candidates(for request: PortRequest) -> (ports: ClosedRange<UInt16>, first: UInt16) {
        if Self.rank(request) < 2, let ports = request.hostPorts { return (ports, ports.lowerBound) }
        let next = lastEphemeral[request.transport].map { $0 &+ 1 } ?? ephemeralPorts.lowerBound
        return (ephemeralPorts, ephemeralPorts.contains(next) ? next : ephemeralPorts.lowerBound)
    }

    /// Takes one port on all of these addresses, or on none.
    private mutating func take(
        _ key: Key, on addresses: [IPAddress], for containerID: String
    ) throws(Refusal) {
        var taken: [Holding] = []
        for address in addresses {
            if let holder = conflict(key, address) { throw .allocated(holder) }
            let number = Self.bind(key, address)
            guard number >= 0 else { throw .system(address, errno: -number) }
            taken.append(Holding(address: address, containerID: containerID, socket: FileDescriptor(number)))
        }
        for holding in taken { hold(key, holding) }
    }

    private mutating func hold(_ key: Key, _ holding: Holding) {
        holdings[key, default: []].append(holding)
        keys[holding.containerID, default: []].append(key)
    }

    /// The address on which one of ours has the port already.
    private func conflict(_ key: Key, _ address: IPAddress) -> IPAddress? {
        holdings[key]?.first {
            $0.address.isIPv6 == address.isIPv6 && ($0.address == address || $0.address.isAny || address.isAny)
        }?.address
    }

    private static func bind(_ key: Key, _ address: IPAddress) -> Int32 {
        clinux_reserve_port(address.isIPv6 ? 1 : 0, key.transport == .udp ? 1 : 0, address.bytes, key.port)
    }

    private static func explain(
        _ refusal: Refusal, _ port: UInt16, _ request: PortRequest, _ containerAddress: IPAddress
    ) -> NetworkError {
        switch refusal {
        case .allocated(let holder):
            return NetworkError(.portInUse, "Bind for \(holder):\(port) failed: port is already allocated")
        case .system(let address, let errno):
            let host = address.isIPv6 ? "[\(address)]" : "\(address)"
            let place = "\(host):\(port):\(containerAddress):\(request.containerPort)/\(request.transport.rawValue)"
            let reason = String(cString: strerror(errno))
            return NetworkError(
                errno == EADDRINUSE ? .portInUse : .system,
                "failed to bind host port for \(place): \(reason.prefix(1).lowercased() + reason.dropFirst())")
        }
    }
}
