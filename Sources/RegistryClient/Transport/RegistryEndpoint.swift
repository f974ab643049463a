import DockerAPI
import NIOCore

/// Where a registry is reached: its base URL and how far it is trusted.
struct RegistryEndpoint: Sendable, Hashable {
    /// `https` or `http`.
    var scheme: String
    /// `registry-1.docker.io`, `127.0.0.1:5000`, `[::1]:5000`.
    var host: String
    /// The path before `/v2/`, without a slash at its end; mirrors may have one.
    var basePath = ""
    /// Whether certificates are not checked and HTTP may be spoken.
    var isInsecure: Bool
    /// Whether this stands in for the registry that the name says.
    var isMirror = false

    func url(_ path: String) -> String { "\(scheme)://\(host)\(basePath)/v2/\(path)" }

    /// The places to ask for a repository, best first: mirrors of Docker Hub, then the registry itself; HTTPS before
    /// HTTP where both are allowed.
    static func candidates(for domain: String, configuration: RegistryConfiguration) -> [RegistryEndpoint] {
        var list: [RegistryEndpoint] = []
        if domain == ImageReference.defaultDomain {
            for mirror in configuration.mirrors {
                guard let endpoint = RegistryEndpoint(mirror: mirror, configuration: configuration) else { continue }
                list.append(endpoint)
            }
            list.append(RegistryEndpoint(scheme: "https", host: "registry-1.docker.io", isInsecure: false))
            return list
        }
        let isInsecure = InsecureHosts(configuration.insecureRegistries).contains(domain)
        list.append(RegistryEndpoint(scheme: "https", host: domain, isInsecure: isInsecure))
        if isInsecure { list.append(RegistryEndpoint(scheme: "http", host: domain, isInsecure: true)) }
        return list
    }

    private init(scheme: String, host: String, isInsecure: Bool) {
        self.scheme = scheme
        self.host = host
        self.isInsecure = isInsecure
    }

    private init?(mirror: String, configuration: RegistryConfiguration) {
        let schemes = ["https", "http"].filter { mirror.hasPrefix("\($0)://") }
        guard let scheme = schemes.first else { return nil }
        let rest = mirror.dropFirst(scheme.count + 3)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        guard slash > rest.startIndex else { return nil }
        self.scheme = scheme
        host = String(rest[..<slash])
        var path = String(rest[slash...])
        while path.hasSuffix("/") { path.removeLast() }
        basePath = path
        isInsecure = scheme == "http" || InsecureHosts(configuration.insecureRegistries).contains(host)
        isMirror = true
    }
}

/// The hosts that need not prove who they are: loopback, and what the configuration lists.
struct InsecureHosts {
    private let names: Set<String>
    private let ranges: [AddressRange]

    init(_ list: [String]) {
        names = Set(list.map { $0.lowercased() })
        ranges = (["127.0.0.0/8", "::1/128"] + list).compactMap(AddressRange.init(parsing:))
    }

    func contains(_ authority: String) -> Bool {
        let (name, _) = HostPort.split(authority)
        let lowered = name.lowercased()
        if lowered == "localhost" || names.contains(lowered) || names.contains(authority.lowercased()) { return true }
        guard let address = AddressRange.bytes(of: lowered) else { return false }
        return ranges.contains { $0.contains(address) }
    }
}

/// `host:port` taken apart, with the brackets of IPv6 addresses removed.
enum HostPort {
    static func split(_ authority: String) -> (host: String, port: Int?) {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            let host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            return (String(host), Int(rest.dropFirst()))
        }
        guard let colon = authority.lastIndex(of: ":") else { return (authority, nil) }
        return (String(authority[..<colon]), Int(authority[authority.index(after: colon)...]))
    }
}

/// A range of addresses, `10.0.0.0/8`.
struct AddressRange {
    private let prefix: [UInt8]
    private let bits: Int

    init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let bits = Int(parts[1]), let bytes = Self.bytes(of: String(parts[0])),
            (0...bytes.count * 8).contains(bits)
        else { return nil }
        prefix = bytes
        self.bits = bits
    }

    func contains(_ address: [UInt8]) -> Bool {
        guard address.count == prefix.count else { return false }
        for index in 0..<prefix.count {
            let covered = min(8, max(0, bits - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> covered)
            if address[index] & mask != prefix[index] & mask { return false }
        }
        return true
    }

    static func bytes(of text: String) -> [UInt8]? {
        // Only literal addresses count; a name is never looked up to decide on trust.
        guard let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
        switch address {
        case .v4(let v4): return withUnsafeBytes(of: v4.address.sin_addr) { Array($0) }
        case .v6(let v6): return withUnsafeBytes(of: v6.address.sin6_addr) { Array($0) }
        case .unixDomainSocket: return nil
        }
    }
}
