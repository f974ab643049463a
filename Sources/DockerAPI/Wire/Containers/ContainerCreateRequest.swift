/// The body of `POST /containers/create`: a `ContainerConfig` with two more members.
public struct ContainerCreateRequest: Codable, Sendable, Hashable {
    /// What the container is; its members stand beside those below.
    public var config: ContainerConfig
    /// What the host lends it.
    public var hostConfig: HostConfig?
    /// The networks it joins.
    public var networkingConfig: NetworkingConfig?

    /// A body from its parts.
    public init(
        config: ContainerConfig, hostConfig: HostConfig? = nil, networkingConfig: NetworkingConfig? = nil
    ) {
        self.config = config
        self.hostConfig = hostConfig
        self.networkingConfig = networkingConfig
    }

    private enum CodingKeys: String, CodingKey {
        case hostConfig = "HostConfig"
        case networkingConfig = "NetworkingConfig"
    }

    /// Reads the one object that holds all three.
    public init(from decoder: any Decoder) throws {
        config = try ContainerConfig(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        hostConfig = try container.decodeIfPresent(HostConfig.self, forKey: .hostConfig)
        networkingConfig = try container.decodeIfPresent(NetworkingConfig.self, forKey: .networkingConfig)
    }

    /// Writes the one object that holds all three.
    public func encode(to encoder: any Encoder) throws {
        try config.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(hostConfig, forKey: .hostConfig)
        try container.encodeIfPresent(networkingConfig, forKey: .networkingConfig)
    }
}
