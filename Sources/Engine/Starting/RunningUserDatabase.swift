import CLinux
import Glibc
import LinuxKernel
import Synchronization

/// The user tables of a container that runs, read again only when one of their files has changed.
final class RunningUserDatabase: Sendable {
    private struct Reading {
        let versions: UserDatabase.Versions
        let database: UserDatabase
    }

    private let last = Mutex<Reading?>(nil)
    /// How long files must have been as they are, in nanoseconds: of two changes within a tick of the kernel's clock the
    /// second may have the time of the first.
    private let settling: Int64

    init(settling: Int64 = 2_000_000_000) { self.settling = settling }

    /// The tables as a process of the container sees them now.
    func current(process: Int32) throws(SystemError) -> UserDatabase {
        let last = last.withLock { $0 }
        if let last, Self.versions(process) == last.versions { return last.database }
        var read = UserDatabase.Versions()
        let database = try UserDatabase(in: MergedRoot(process: process), versions: &read)
        let isKept = isSettled(read) && Self.versions(process) == read
        self.last.withLock { $0 = isKept ? Reading(versions: read, database: database) : nil }
        return database
    }

    /// By a path that may follow a link out of the container, which is why nothing is read there: what it leads to is only
    /// compared with what was read inside.
    private static func versions(_ process: Int32) -> UserDatabase.Versions {
        UserDatabase.Versions(
            passwd: FileVersion(of: "/proc/\(process)/root/etc/passwd"),
            group: FileVersion(of: "/proc/\(process)/root/etc/group"))
    }

    /// Whether another change would show; in a file that is not there none does.
    private func isSettled(_ versions: UserDatabase.Versions) -> Bool {
        let limit = clinux_realtime_ns() - settling
        return [versions.passwd, versions.group].allSatisfy { ($0?.changed ?? .max) < limit }
    }

    /// Whether the tables are known, and would not be read if nothing changed.
    var isKnown: Bool { last.withLock { $0 != nil } }
}

/// What tells a file from another, and from itself before it was changed.
struct FileVersion: Sendable, Hashable {
    let device: UInt64
    let inode: UInt64
    let size: UInt64
    /// When its bytes or its owner, permissions and the like changed, CLOCK_REALTIME nanoseconds.
    let changed: Int64

    init?(of file: FileDescriptor) { self.init(file.number, "") }

    init?(of path: String) { self.init(AT_FDCWD, path) }

    /// Nil where it cannot be looked at.
    private init?(_ directory: Int32, _ path: String) {
        var status = clinux_stat()
        guard clinux_fstatat(directory, path, 1, &status) == 0 else { return nil }
        device = status.device
        inode = status.inode
        size = status.size
        changed = status.changed_seconds * 1_000_000_000 + Int64(status.changed_nanoseconds)
    }
}
