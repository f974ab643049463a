/// `GET /version` (`SystemVersion`).
public struct SystemVersion: Codable, Sendable, Hashable {
    /// The product.
    public var platform: SystemPlatform?
    /// Its parts.
    public var components: [ComponentVersion]?
    /// The daemon's version.
    public var version: String?
    /// The newest API it speaks.
    public var apiVersion: String?
    /// The oldest API it speaks.
    public var minAPIVersion: String?
    /// The commit it was built from.
    public var gitCommit: String?
    /// The Go it was built with.
    public var goVersion: String?
    /// `linux` or `windows`.
    public var os: String?
    /// `amd64` and the like.
    public var arch: String?
    /// The kernel's version.
    public var kernelVersion: String?
    /// Whether experimental features are on; left out otherwise.
    public var experimental: Bool?
    /// When it was built.
    public var buildTime: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case platform = "Platform"
        case components = "Components"
        case version = "Version"
        case apiVersion = "ApiVersion"
        case minAPIVersion = "MinAPIVersion"
        case gitCommit = "GitCommit"
        case goVersion = "GoVersion"
        case os = "Os"
        case arch = "Arch"
        case kernelVersion = "KernelVersion"
        case experimental = "Experimental"
        case buildTime = "BuildTime"
    }
}

/// The product (`Platform` of `SystemVersion`).
public struct SystemPlatform: Codable, Sendable, Hashable {
    /// Its name.
    public var name: String?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case name = "Name"
    }
}

/// A part of the product.
public struct ComponentVersion: Codable, Sendable, Hashable {
    /// `Engine`, `containerd`, `runc`, `docker-init` and the like.
    public var name: String?
    /// Its version.
    public var version: String?
    /// Further facts.
    public var details: [String: String]?

    /// Nothing set; a field that is `nil` is left out of the JSON.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case name = "Name"
        case version = "Version"
        case details = "Details"
    }
}
