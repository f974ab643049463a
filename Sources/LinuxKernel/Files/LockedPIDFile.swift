import CLinux
import Glibc

/// Why a pid file could not be taken.
public enum LockedPIDFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Another living process holds it; `nil` where it has not written its pid yet.
    case held(path: String, pid: Int32?)
    case system(SystemError)

    /// One sentence that names the holder.
    public var description: String {
        switch self {
        case .held(let path, let pid?): "\(path) is held by process \(pid), which is running"
        case .held(let path, nil): "\(path) is held by another process"
        case .system(let error): error.description
        }
    }
}

/// A pid file that cannot go stale: the lock (flock(2)) ends with the process, however it ends.
///
/// The file itself stays, since removing it would race with the next holder.
public final class LockedPIDFile: Sendable {
    /// Where it is.
    public let path: String
    private let file: FileDescriptor

    /// Takes the lock and writes this process's pid.
    public init(path: String) throws(LockedPIDFileError) {
        self.path = path
        do {
            file = try FileDescriptor.open(path, FileFlags.readWriteCreate, mode: 0o644)
        } catch {
            throw .system(error)
        }
        let locked = clinux_lock_exclusively(file.number)
        if locked == -EWOULDBLOCK { throw .held(path: path, pid: try Self.holder(of: path)) }
        do {
            try SystemCall.check(locked, "lock \(path)")
            try SystemCall.check(clinux_ftruncate(file.number, 0), "empty \(path)")
            try file.writeAll(Array("\(clinux_getpid())\n".utf8), "write \(path)")
        } catch {
            throw .system(error)
        }
    }

    /// The pid in a pid file, whether or not it is still running; `nil` where the file is absent or holds none.
    public static func holder(of path: String) throws(LockedPIDFileError) -> Int32? {
        do {
            let text = try SmallFile.text(path, limit: 4096)
            return Int32(text.prefix { $0.isNumber })
        } catch {
            if error.errno == ENOENT { return nil }
            throw .system(error)
        }
    }
}
