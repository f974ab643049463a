import CLinux
import Glibc

/// Mounts that the host itself sees, at paths that the caller trusts.
public enum HostMount {
    /// Words of mount(8) and the MS_ bits they stand for (mount(2)): those to clear, then those to set.
    private static let flags: [String: (clear: Int, set: Int)] = [
        "defaults": (0, 0), "ro": (0, MS_RDONLY), "rw": (MS_RDONLY, 0), "nosuid": (0, MS_NOSUID),
        "suid": (MS_NOSUID, 0), "nodev": (0, MS_NODEV), "dev": (MS_NODEV, 0),
        "noexec": (0, MS_NOEXEC), "exec": (MS_NOEXEC, 0), "sync": (0, MS_SYNCHRONOUS),
        "async": (MS_SYNCHRONOUS, 0), "dirsync": (0, MS_DIRSYNC), "noatime": (0, MS_NOATIME),
        "atime": (MS_NOATIME, 0), "nodiratime": (0, MS_NODIRATIME), "diratime": (MS_NODIRATIME, 0),
        "relatime": (0, MS_RELATIME), "norelatime": (MS_RELATIME, 0),
        "strictatime": (0, MS_STRICTATIME), "nostrictatime": (MS_STRICTATIME, 0),
    ]

    /// Mounts a file system; `options` are mount(8)'s, those that are no words of its own go to the file system.
    public static func mount(
        _ source: String, at place: String, type: String, options: String = ""
    ) throws(SystemError) {
        var bits = 0
        var data: [Substring] = []
        for option in options.split(separator: ",") {
            if let flag = flags[String(option)] { bits = bits & ~flag.clear | flag.set } else { data.append(option) }
        }
        try SystemCall.check(
            clinux_mount(source, place, type, UInt64(bits), data.joined(separator: ",")),
            "mount \(source) of type \(type) at \(place)")
    }

    /// Takes the mounts at a place away, from whoever still uses them as soon as they are done; none there is fine.
    public static func unmount(_ place: String) throws(SystemError) {
        while true {
            let answer = clinux_umount(place, Int32(MNT_DETACH))
            if answer == -EINVAL || answer == -ENOENT { return }
            try SystemCall.check(answer, "unmount \(place)")
        }
    }
}
