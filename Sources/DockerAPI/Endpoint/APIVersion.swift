/// A version of the Docker Engine API, as it stands in a path (`/v1.51/…`) and in the `Api-Version` header.
public struct APIVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// What a daemon speaks that names no version in `/_ping`: the last one before the header existed.
    public static let unstatedByDaemon = APIVersion(major: 1, minor: 24)

    /// The number before the dot.
    public let major: Int
    /// The number after the dot; `1.9` is older than `1.10`.
    public let minor: Int

    /// A version from its numbers.
    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads `1.51`: two decimal numbers and a dot, nothing else.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ (1...6).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let major = Int(parts[0]), let minor = Int(parts[1])
        else { return nil }
        self.init(major: major, minor: minor)
    }

    /// The version as `1.51`.
    public var description: String { "\(major).\(minor)" }

    /// Orders by the numbers.
    public static func < (left: APIVersion, right: APIVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
