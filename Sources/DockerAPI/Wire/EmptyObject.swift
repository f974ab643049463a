/// The value `{}` of Docker's sets: `"ExposedPorts": {"80/tcp": {}}`.
public struct EmptyObject: Codable, Sendable, Hashable {
    /// The value.
    public init() {}
}
