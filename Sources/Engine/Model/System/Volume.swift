import OCI

/// A volume.
public struct Volume: Sendable, Hashable {
    /// The name; 64 hexadecimal digits for an anonymous one.
    public var name: String
    /// `local`.
    public var driver = "local"
    /// The folder of its content.
    public var mountpoint: String
    /// When it was made.
    public var created: Timestamp
    /// Labels; nil where none were given.
    public var labels: [String: String]?
    /// Options of the driver; nil where none were given.
    public var options: [String: String]?
    /// Whether a container's creation made it without a name.
    public var isAnonymous = false
    /// Bytes and containers, where they were asked for.
    public var usage: Usage?

    /// What a volume takes.
    public struct Usage: Sendable, Hashable {
        /// Bytes.
        public var size: Int64
        /// Containers that mount it.
        public var references: Int

        /// A usage by parts.
        public init(size: Int64, references: Int) {
            self.size = size
            self.references = references
        }
    }
}

/// What `POST /volumes/create` asks for.
public struct VolumeCreation: Sendable, Hashable {
    /// The name; empty makes one up.
    public var name = ""
    /// The driver; empty is `local`.
    public var driver = ""
    /// Options of the driver: `type`, `device`, `o`.
    public var options: [String: String]?
    /// Labels.
    public var labels: [String: String]?

    /// An anonymous volume.
    public init() {}
}
