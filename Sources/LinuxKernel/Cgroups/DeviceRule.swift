/// What may be done with a device node.
public struct DeviceAccess: OptionSet, Sendable, Hashable {
    /// BPF_DEVCG_ACC_… bits.
    public let rawValue: UInt32
    /// Bits as they are.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// mknod(2).
    public static let makeNode = DeviceAccess(rawValue: 1)
    /// Reading.
    public static let read = DeviceAccess(rawValue: 2)
    /// Writing.
    public static let write = DeviceAccess(rawValue: 4)
    /// All three.
    public static let all: DeviceAccess = [.makeNode, .read, .write]

    /// `rwm` in any selection and order, as docker run's `--device` takes it; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        var access: DeviceAccess = []
        for character in text {
            switch character {
            case "r": access.insert(.read)
            case "w": access.insert(.write)
            case "m": access.insert(.makeNode)
            default: return nil
            }
        }
        guard !access.isEmpty else { return nil }
        self = access
    }

    var text: String {
        (contains(.read) ? "r" : "") + (contains(.write) ? "w" : "") + (contains(.makeNode) ? "m" : "")
    }
}

/// Permission or refusal for some devices; of several rules the last that fits decides, and without one nothing may.
public struct DeviceRule: Sendable, Hashable {
    /// Kinds of device nodes.
    public enum Kind: Sendable, Hashable {
        case any, character, block
    }
    /// Whether it permits.
    public var allow: Bool
    /// Which kind.
    public var kind: Kind
    /// The major number; `nil` for every one.
    public var major: UInt32?
    /// The minor number; `nil` for every one.
    public var minor: UInt32?
    /// What it is about.
    public var access: DeviceAccess

    /// A rule by parts.
    public init(allow: Bool = true, kind: Kind, major: UInt32? = nil, minor: UInt32? = nil, access: DeviceAccess = .all)
    {
        self.allow = allow
        self.kind = kind
        self.major = major
        self.minor = minor
        self.access = access
    }

    /// `c 1:3 rwm`, as devices.allow takes it.
    var text: String {
        guard kind != .any else { return "a" }
        let numbers = [major, minor].map { $0.map(String.init) ?? "*" }.joined(separator: ":")
        return "\(kind == .character ? "c" : "b") \(numbers) \(access.text)"
    }
}

extension [DeviceRule] {
    /// What every container may use: making any node, and null, zero, full, random, urandom, tty, console, ptmx, the
    /// pseudo-terminals and tun, as docker and runc have it.
    public static let containerDefault: [DeviceRule] =
        [
            DeviceRule(kind: .character, access: .makeNode),
            DeviceRule(kind: .block, access: .makeNode),
        ]
        + [(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 1), (5, 2), (10, 200)].map {
            DeviceRule(kind: .character, major: $0.0, minor: $0.1)
        } + [DeviceRule(kind: .character, major: 136)]

    /// Everything (docker run --privileged).
    public static let unrestricted: [DeviceRule] = [DeviceRule(kind: .any)]
}
