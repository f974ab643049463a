import CLinux

/// One line of `/proc/PID/mountinfo` (proc_pid_mountinfo(5)).
public struct MountEntry: Sendable, Hashable {
    /// Unique while it is mounted.
    public let id: Int
    /// The mount it stands on.
    public let parent: Int
    /// The device's major number.
    public let major: UInt32
    /// The device's minor number.
    public let minor: UInt32
    /// What of the file system is mounted: `/` for all of it.
    public let root: String
    /// Where it is, seen from the process's root.
    public let mountPoint: String
    /// Options of this mount: `rw`, `relatime`.
    public let options: [String]
    /// The optional fields: `shared:3`, `master:2`, `propagate_from:1`, `unbindable`.
    public let tags: [String]
    /// The file system's type.
    public let type: String
    /// What was mounted: a device, or a name that says nothing.
    public let source: String
    /// Options of the file system, which all its mounts share.
    public let superOptions: [String]

    /// How mounts below it travel: the `shared` and `master` tags decide (mount_namespaces(7)).
    public var isShared: Bool { tags.contains { $0.hasPrefix("shared:") } }
    /// Whether it takes mounts over from another, as slaves do.
    public var isSlave: Bool { tags.contains { $0.hasPrefix("master:") } }

    init?(_ line: Substring) {
        let fields = line.split(separator: " ")
        guard fields.count >= 10, let dash = fields.dropFirst(6).firstIndex(of: "-"), dash + 3 < fields.count,
            let id = Int(fields[0]), let parent = Int(fields[1])
        else { return nil }
        let device = fields[2].split(separator: ":").compactMap { UInt32($0) }
        guard device.count == 2 else { return nil }
        self.id = id
        self.parent = parent
        major = device[0]
        minor = device[1]
        root = Self.unescape(fields[3])
        mountPoint = Self.unescape(fields[4])
        options = fields[5].split(separator: ",").map(String.init)
        tags = fields[6..<dash].map(String.init)
        type = String(fields[dash + 1])
        source = Self.unescape(fields[dash + 2])
        superOptions = fields[dash + 3].split(separator: ",").map(String.init)
    }

    /// Takes the octal escapes back by which the kernel writes space, tab, newline and backslash: `\040`.
    static func unescape(_ field: Substring) -> String {
        let bytes = Array(field.utf8)
        var plain: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\"), index + 3 < bytes.count,
                let value = UInt8(String(decoding: bytes[(index + 1)...(index + 3)], as: UTF8.self), radix: 8)
            {
                plain.append(value)
                index += 4
            } else {
                plain.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }
}

/// What is mounted.
public enum MountTable {
    /// The most of mountinfo that is read: some 100,000 mounts, which is the kernel's own default limit for a namespace.
    static let limit = 32 << 20

    /// What this process sees.
    public static func current() throws(SystemError) -> [MountEntry] {
        parse(try SmallFile.text("/proc/self/mountinfo", limit: limit))
    }

    /// What another process sees.
    public static func of(process pid: Int32) throws(SystemError) -> [MountEntry] {
        parse(try SmallFile.text("/proc/\(pid)/mountinfo", limit: limit))
    }

    /// The lines of a mountinfo file; a line that no kernel writes is left out.
    public static func parse(_ text: String) -> [MountEntry] {
        text.split(separator: "\n").compactMap { MountEntry($0) }
    }

    /// The mount a path is on: the last one with the longest mount point above it. The path must be absolute and free of
    /// links and `..`.
    public static func entry(for path: String, in entries: [MountEntry]) -> MountEntry? {
        var best: MountEntry?
        for entry in entries
        where path == entry.mountPoint || entry.mountPoint == "/" || path.hasPrefix(entry.mountPoint + "/") {
            if entry.mountPoint.utf8.count >= best?.mountPoint.utf8.count ?? 0 { best = entry }
        }
        return best
    }
}
