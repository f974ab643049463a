/// Plugins by kind (`PluginsInfo`).
public struct PluginsInfo: Codable, Sendable, Hashable {
    /// Volume drivers.
    public var volume: [String]?
    /// Network drivers.
    public var network: [String]?
    /// Authorization plugins.
    public var authorization: [String]?
    /// Logging drivers.
    public var log: [String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case volume = "Volume"
        case network = "Network"
        case authorization = "Authorization"
        case log = "Log"
    }
}

/// Registries (`RegistryServiceConfig`).
public struct RegistryServiceConfig: Codable, Sendable, Hashable {
    /// Networks whose registries need no TLS.
    public var insecureRegistryCIDRs: [String]?
    /// Registries by name.
    public var indexConfigs: [String: IndexInfo]?
    /// Mirrors of the default registry.
    public var mirrors: [String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case insecureRegistryCIDRs = "InsecureRegistryCIDRs"
        case indexConfigs = "IndexConfigs"
        case mirrors = "Mirrors"
    }
}

/// A registry (`IndexInfo`).
public struct IndexInfo: Codable, Sendable, Hashable {
    /// Its name.
    public var name: String?
    /// Its mirrors.
    public var mirrors: [String]?
    /// Whether it needs TLS.
    public var secure: Bool?
    /// Whether it is Docker's own.
    public var official: Bool?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case mirrors = "Mirrors"
        case secure = "Secure"
        case official = "Official"
    }
}

/// An OCI runtime (`Runtime`).
public struct RuntimeInfo: Codable, Sendable, Hashable {
    /// The program.
    public var path: String?
    /// Its arguments.
    public var runtimeArgs: [String]?
    /// What it says of itself; since API 1.45.
    public var status: [String: String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case path
        case runtimeArgs
        case status
    }
}

/// A commit (`Commit`).
public struct CommitInfo: Codable, Sendable, Hashable {
    /// Its hash.
    public var id: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case id = "ID"
    }
}

/// A pool of addresses.
public struct AddressPool: Codable, Sendable, Hashable {
    /// The range: `10.10.0.0/16`.
    public var base: String?
    /// The prefix length of each network from it.
    public var size: Int?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case base = "Base"
        case size = "Size"
    }
}

/// The firewall (`FirewallInfo`); since API 1.49.
public struct FirewallInfo: Codable, Sendable, Hashable {
    /// `iptables`, `nftables` and the like.
    public var driver: String?
    /// Names and values.
    public var info: [[String]]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case driver = "Driver"
        case info = "Info"
    }
}

/// A device that a driver found (`DeviceInfo`); since API 1.50.
public struct DiscoveredDevice: Codable, Sendable, Hashable {
    /// The driver.
    public var source: String?
    /// The device.
    public var id: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case source = "Source"
        case id = "ID"
    }
}

/// containerd's socket and namespaces (`ContainerdInfo`); since API 1.46.
public struct ContainerdInfo: Codable, Sendable, Hashable {
    /// The socket.
    public var address: String?
    /// The namespaces in use.
    public var namespaces: ContainerdNamespaces?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case address = "Address"
        case namespaces = "Namespaces"
    }
}

/// containerd's namespaces.
public struct ContainerdNamespaces: Codable, Sendable, Hashable {
    /// That of containers.
    public var containers: String?
    /// That of plugins.
    public var plugins: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case containers = "Containers"
        case plugins = "Plugins"
    }
}
