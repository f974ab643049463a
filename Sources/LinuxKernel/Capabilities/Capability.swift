import CLibcap
import Glibc

/// One of the rights that root is divided into (capabilities(7)).
public struct Capability: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Its number, which is its bit in a ``CapabilitySet``.
    public let number: Int32
    /// `CAP_CHOWN`.
    public let name: String

    /// The name.
    public var description: String { name }

    /// A capability by name, `CAP_CHOWN` or `chown` in any case; `nil` where libcap or the kernel does not know it.
    public init?(name: String) {
        var plain = name.lowercased()
        if !plain.hasPrefix("cap_") { plain = "cap_\(plain)" }
        let number = clibcap_number(plain)
        guard number >= 0, number < clibcap_count(), let known = Capability(number: number),
            known.name == plain.uppercased()
        else { return nil }
        self = known
    }

    /// A capability by number; `nil` where libcap has no name for it.
    public init?(number: Int32) {
        let room = 64
        let name = withUnsafeTemporaryAllocation(of: CChar.self, capacity: room) { buffer -> String? in
            guard let base = buffer.baseAddress, clibcap_name(number, base, room) == 0 else { return nil }
            return String(cString: base)
        }
        guard let name else { return nil }
        self.number = number
        self.name = name.uppercased()
    }

    /// All that the kernel knows, in the order of their numbers.
    public static let all: [Capability] = (0..<clibcap_count()).compactMap { Capability(number: $0) }

    /// By number.
    public static func < (left: Capability, right: Capability) -> Bool { left.number < right.number }
}

/// Capabilities as the kernel keeps them: bit N stands for number N.
public struct CapabilitySet: OptionSet, Sendable, Hashable, CustomStringConvertible {
    /// The bits, as in `/proc/PID/status`.
    public let rawValue: UInt64

    /// Bits as they are.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// These.
    public init(_ capabilities: some Sequence<Capability>) {
        rawValue = capabilities.reduce(0) { $0 | 1 << UInt64($1.number) }
    }

    /// All that the kernel knows.
    public static let all = CapabilitySet(Capability.all)

    /// What docker gives a container.
    public static let containerDefault = CapabilitySet(
        [
            "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP",
            "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
        ].compactMap { Capability(name: $0) })

    /// What this process can hand on: permitted, and not dropped from the bounding set.
    public static func held() throws(SystemError) -> CapabilitySet {
        let status = try SmallFile.text("/proc/self/status")
        var held = CapabilitySet.all
        for name in ["CapPrm:", "CapBnd:"] {
            guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
                let text = line.split(whereSeparator: \.isWhitespace).last, let bits = UInt64(text, radix: 16)
            else { throw SystemError(action: "find \(name) in /proc/self/status", errno: EINVAL) }
            held.formIntersection(CapabilitySet(rawValue: bits))
        }
        return held
    }

    /// The capabilities in it, in the order of their numbers.
    public var capabilities: [Capability] { Capability.all.filter { contains($0) } }

    /// Their names: `CAP_CHOWN`.
    public var names: [String] { capabilities.map(\.name) }

    /// The names, with commas.
    public var description: String { names.joined(separator: ",") }

    /// Whether it holds this one.
    public func contains(_ capability: Capability) -> Bool { rawValue & 1 << UInt64(capability.number) != 0 }
}
