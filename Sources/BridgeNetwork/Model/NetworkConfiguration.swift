import LinuxKernel

/// How the bridge network is laid out.
public struct NetworkConfiguration: Sendable {
    /// The bridge's name, 1...15 bytes.
    public var bridgeName = "drydock0"
    /// The containers' range, /8.../29; `nil` takes the first of `candidateSubnets` that no route of the host touches and
    /// remembers it.
    public var subnet: IPv4Network?
    /// The largest packet in bytes.
    public var mtu: UInt32 = 1500
    /// Whether ports are published on IPv6 too where the host has it.
    public var ipv6 = true
    /// How many namespaces with an address are kept ready.
    public var preparedNamespaces = 8
    /// How many namespaces with nothing but `lo` are kept ready.
    public var preparedIsolatedNamespaces = 4
    /// The name of the one nftables table (family `inet`).
    public var tableName = "drydock"
    /// Where the choices and identifiers are kept; made if missing.
    public var stateDirectory: String
    /// The network namespace that stands for the host; `nil` is the process's own.
    public var hostNamespace: FileDescriptor?

    /// The default configuration.
    public init(stateDirectory: String) { self.stateDirectory = stateDirectory }

    /// The ranges tried in turn: private ones (RFC 1918) that Docker's defaults come to last.
    static let candidateSubnets: [IPv4Network] =
        (0...10).map { IPv4Network(containing: 0xac1e_0000 - $0 << 16, prefixLength: 16) } + [
            IPv4Network(containing: 0x0ad5_0000, prefixLength: 16),
            IPv4Network(containing: 0xc0a8_d700, prefixLength: 24),
        ]

    func check() throws(NetworkError) {
        guard (1...15).contains(bridgeName.utf8.count), !bridgeName.contains("/"), !bridgeName.contains(" "),
            bridgeName != ".", bridgeName != ".."
        else {
            throw NetworkError(
                .invalidArgument, "bridge name \"\(bridgeName)\" is none: use 1 to 15 letters and digits")
        }
        guard (1...31).contains(tableName.utf8.count) else {
            throw NetworkError(.invalidArgument, "table name \"\(tableName)\" is none: use 1 to 31 letters and digits")
        }
        guard (68...65_535).contains(mtu) else {
            throw NetworkError(.invalidArgument, "MTU \(mtu) is out of range: use 68 to 65535")
        }
        guard (0...256).contains(preparedNamespaces), (0...256).contains(preparedIsolatedNamespaces) else {
            throw NetworkError(.invalidArgument, "the pool of namespaces is out of range: use 0 to 256")
        }
        if let subnet, !(8...29).contains(subnet.prefixLength) {
            throw NetworkError(.invalidArgument, "subnet \(subnet) is out of range: use a prefix of 8 to 29")
        }
    }
}
