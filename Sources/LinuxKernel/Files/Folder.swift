import CLinux
import Glibc

/// Folders by their path, which the caller trusts.
public enum Folder {
    /// The names in it, in no order, without `.` and `..`.
    ///
    /// - Parameter onlyFolders: leave everything else out.
    public static func names(_ path: String, onlyFolders: Bool = false) throws(SystemError) -> [String] {
        guard let stream = opendir(path) else { throw SystemError(action: "list \(path)", errno: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw SystemError(action: "list \(path)", errno: errno) }
                return names
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            if onlyFolders, try !isFolder("\(path)/\(name)") { continue }
            names.append(name)
        }
    }

    /// mkdir(2); one that stands there already is fine.
    public static func make(_ path: String, mode: UInt32 = 0o755) throws(SystemError) {
        let answer = clinux_mkdirat(FileFlags.currentDirectory, path, mode)
        if answer != -EEXIST { try SystemCall.check(answer, "make the folder \(path)") }
    }

    /// chmod(2).
    public static func setMode(_ path: String, _ mode: UInt32) throws(SystemError) {
        try SystemCall.check(
            clinux_fchmodat(FileFlags.currentDirectory, path, mode), "change the permissions of \(path)")
    }

    /// Has the folders in it made far apart on the disk (chattr(1), +T), as the unrelated trees that they are.
    ///
    /// ext4 puts what is made in a folder near it, and looks for a free inode from the start of a group of them. Without a
    /// journal it passes over each that was freed in the last minutes, one by one (fs/ext4/ialloc.c, recently_deleted):
    /// that becomes slow where much is made and removed in one place.
    ///
    /// - Throws: where the file system knows no such wish, EOPNOTSUPP or ENOTTY.
    public static func scatter(_ path: String) throws(SystemError) {
        let folder = try FileDescriptor.directory(path)
        try SystemCall.check(clinux_scatter_folders(folder.number), "spread the folders in \(path)")
    }

    private static func isFolder(_ path: String) throws(SystemError) -> Bool {
        var status = clinux_stat()
        let answer = clinux_fstatat(FileFlags.currentDirectory, path, 0, &status)
        // It went while we looked.
        if answer == -ENOENT { return false }
        try SystemCall.check(answer, "look at \(path)")
        return status.mode & FileFlags.typeMask == FileFlags.directoryType
    }
}
