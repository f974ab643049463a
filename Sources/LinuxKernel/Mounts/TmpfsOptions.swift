/// Options of docker's `--tmpfs TARGET:OPTIONS`, on top of its `noexec,nosuid,nodev`.
public struct TmpfsOptions: Sendable, Hashable {
    /// MOUNT_ATTR_ bits.
    public private(set) var attributes =
        MountAttribute.noExecute | MountAttribute.noSetUserID | MountAttribute.noDevices
    /// What tmpfs itself takes (tmpfs(5)): `size=64m,mode=1777`, the last of each name.
    public private(set) var data = ""
    /// Propagation, where it was named.
    public private(set) var propagation: Propagation?

    /// What tmpfs itself takes, by name.
    private static let parameters: Set<String> = ["size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol"]

    /// Words that change bits: those to clear, then those to set.
    private static let flags: [String: (clear: UInt64, set: UInt64)] = [
        "ro": (0, MountAttribute.readOnly), "rw": (MountAttribute.readOnly, 0),
        "nosuid": (0, MountAttribute.noSetUserID), "suid": (MountAttribute.noSetUserID, 0),
        "nodev": (0, MountAttribute.noDevices), "dev": (MountAttribute.noDevices, 0),
        "noexec": (0, MountAttribute.noExecute), "exec": (MountAttribute.noExecute, 0),
        "noatime": (MountAttribute.accessTimeMask, MountAttribute.noAccessTime),
        "atime": (MountAttribute.accessTimeMask, 0),
        "relatime": (MountAttribute.accessTimeMask, 0),
        "norelatime": (0, 0),
        "strictatime": (MountAttribute.accessTimeMask, MountAttribute.strictAccessTime),
        "nostrictatime": (MountAttribute.strictAccessTime, 0),
        "nodiratime": (0, MountAttribute.noDirectoryAccessTime), "diratime": (MountAttribute.noDirectoryAccessTime, 0),
    ]

    /// Words of mount(8) that mean nothing to a tmpfs of its own, or what is the case anyway.
    private static let ignored: Set<String> = [
        "defaults", "async", "sync", "dirsync", "mand", "nomand", "bind", "rbind",
    ]

    /// Reads options: of two that contradict each other the later one counts.
    public init(_ options: String) throws(MountOptionError) {
        var parameters: [(name: String, value: Substring)] = []
        for option in options.split(separator: ",") {
            let word = String(option)
            if let flag = Self.flags[word] {
                attributes = attributes & ~flag.clear | flag.set
            } else if let propagation = Propagation(rawValue: word) {
                self.propagation = propagation
            } else if !Self.ignored.contains(word) {
                let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let name = String(parts[0])
                guard parts.count == 2, Self.parameters.contains(name) else {
                    throw MountOptionError("invalid tmpfs option \"\(name)\"")
                }
                parameters.removeAll { $0.name == name }
                parameters.append((name, parts[1]))
            }
        }
        data = parameters.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
    }
}
