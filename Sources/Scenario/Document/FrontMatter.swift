/// The YAML between the `---` lines at the top of a scenario.
public struct FrontMatter: Sendable, Hashable {
    /// How binding the promise is, in the words of RFC 2119.
    public enum Level: String, Sendable, Hashable, CaseIterable {
        case must, should, may
    }

    /// A version of the Engine API, for example `1.51`.
    public struct Version: Sendable, Hashable, Comparable, CustomStringConvertible {
        /// The part before the dot.
        public let major: Int
        /// The part after the dot.
        public let minor: Int

        /// A version by its parts.
        public init(major: Int, minor: Int) {
            self.major = major
            self.minor = minor
        }

        /// Reads `1.51`; `nil` for anything else.
        public init?(_ text: String) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]), major >= 0, minor >= 0,
                parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
            else { return nil }
            self.init(major: major, minor: minor)
        }

        /// `1.51`.
        public var description: String { "\(major).\(minor)" }

        /// Compares number by number: 1.9 stands before 1.10.
        public static func < (left: Version, right: Version) -> Bool {
            (left.major, left.minor) < (right.major, right.minor)
        }
    }

    /// The case's id, equal to its path.
    public let id: String
    /// One line for people.
    public let title: String
    /// How binding the promise is.
    public let level: Level
    /// The first API version that promises it; 1.24 where none is written.
    public let since: Version
    /// The last API version that promises it; `nil` while it stands.
    public let until: Version?
    /// The Engine API operations whose promises this case asserts.
    public let covers: [Operation]
    /// What must be there for the case to run.
    public let needs: [Need]
    /// Where the promises are written.
    public let sources: [String]
    /// Words to select cases by.
    public let tags: [String]
    /// The limit for the whole case.
    public let timeout: Duration
    /// Whether the case runs alone and sees the whole daemon.
    public let exclusive: Bool
    /// Extra variables that get a unique name.
    public let names: [String]
    /// The first line of the file below the front matter, from 1.
    public let bodyLine: Int
}

/// One entry of `needs`: a condition without which the case is skipped.
public enum Need: Sendable, Hashable, CustomStringConvertible {
    /// `image NAME`: the fixture image is in the daemon before the first step.
    case image(String)
    /// `image NAME absent`: the registry serves the fixture image, the daemon does not have it yet.
    case absentImage(String)
    /// `registry`: the endpoint can pull from the fixture registry.
    case registry
    /// `published ports`: the harness reaches ports that the endpoint publishes on loopback.
    case publishedPorts
    /// `linux`: containers are Linux containers.
    case linux
    /// `feature NAME`: a capability that `/info` or a probe shows; one of `knownFeatures`.
    case feature(String)

    /// The names that may follow `feature`.
    public static let knownFeatures = [
        "apparmor", "blkio-weight", "cgroup-v1", "cgroup-v2", "checkpoint", "cpu-cfs", "cpu-shares", "cpuset",
        "init", "ipv6", "memory-limit", "memory-reservation", "oom-kill-disable", "pids-limit", "privileged", "rootful",
        "rootless", "seccomp", "selinux", "swap-limit", "swarm-active", "swarm-inactive", "userland-proxy", "userns",
    ]

    /// The forms a need may take, for messages.
    static let forms = [
        "image NAME", "image NAME absent", "registry", "published ports", "linux", "feature NAME",
    ]

    /// As it is written in front matter.
    public var description: String {
        switch self {
        case .image(let name): "image \(name)"
        case .absentImage(let name): "image \(name) absent"
        case .registry: "registry"
        case .publishedPorts: "published ports"
        case .linux: "linux"
        case .feature(let name): "feature \(name)"
        }
    }

    /// The image this need names.
    public var imageName: String? {
        switch self {
        case .image(let name), .absentImage(let name): name
        default: nil
        }
    }
}
