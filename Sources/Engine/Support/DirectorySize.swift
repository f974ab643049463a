import CLinux
import Glibc
import LinuxKernel

/// What a folder takes on the disk.
enum DirectorySize {
    /// The bytes of its files, each counted once; what goes away meanwhile is not counted.
    static func bytes(of path: String) -> Int64 {
        var seen: Set<UInt64> = []
        return bytes(of: path, &seen)
    }

    private static func bytes(of path: String, _ seen: inout Set<UInt64>) -> Int64 {
        guard let names = try? Folder.names(path) else { return 0 }
        var sum: Int64 = 0
        for name in names {
            var status = clinux_stat()
            guard clinux_fstatat(AT_FDCWD, "\(path)/\(name)", 0, &status) == 0 else { continue }
            if status.mode & S_IFMT == S_IFDIR {
                sum += bytes(of: "\(path)/\(name)", &seen)
            } else if status.links < 2 || seen.insert(status.inode).inserted {
                sum += Int64(clamping: status.size)
            }
        }
        return sum
    }
}
