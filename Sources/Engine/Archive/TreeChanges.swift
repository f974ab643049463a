import CLinux
import Glibc
import LinuxKernel

/// How a path of a container differs from its image (Engine API 1.51, `FilesystemChange`).
public struct FileChange: Sendable, Hashable {
    /// docker's numbers for what happened.
    public enum Kind: Int, Sendable, Hashable {
        case modified = 0
        case added = 1
        case deleted = 2
    }

    /// From the container's root on.
    public let path: String
    /// What happened.
    public let kind: Kind
}

/// What a container has written, read from its upper layer alone.
public enum UpperLayer {
    /// The changes in the order of their paths (`docker diff`): a folder is modified where something in it changed.
    ///
    /// - Parameter lowers: the layers below, uppermost first.
    public static func changes(of upper: String, over lowers: [String]) throws(EngineError) -> [FileChange] {
        do {
            var found: [FileChange] = []
            let below = try lowers.map { lower throws(SystemError) in try open(lower) }
            try collect(open(upper), path: "", below: below, into: &found)
            return found.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        } catch { throw EngineError(.system, error.description) }
    }

    /// The bytes of all files in a tree, each hard-linked one counted once (`docker ps --size`).
    public static func size(of folder: String) throws(EngineError) -> Int64 {
        do {
            var seen: Set<UInt64> = []
            return try size(open(folder), &seen)
        } catch { throw EngineError(.system, error.description) }
    }

    private static func open(_ path: String) throws(SystemError) -> FileDescriptor {
        let flags = UInt64(O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        return FileDescriptor(try SystemCall.check(clinux_openat2(AT_FDCWD, path, flags, 0, 0), "open \(path)"))
    }

    private static func member(_ name: FileName, of folder: FileDescriptor) throws(SystemError) -> FileDescriptor? {
        let flags = UInt64(O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        let answer = clinux_openat2(folder.number, name.terminated, flags, 0, 0)
        if [-ENOENT, -ENOTDIR, -ELOOP].contains(answer) { return nil }
        return FileDescriptor(try SystemCall.check(answer, "open a folder"))
    }

    private static func status(_ name: FileName, in folder: FileDescriptor) throws(SystemError) -> clinux_stat? {
        var status = clinux_stat()
        let answer = clinux_fstatat(folder.number, name.terminated, 0, &status)
        if answer == -ENOENT { return nil }
        try SystemCall.check(answer, "look at a file")
        return status
    }

    private static func collect(
        _ folder: FileDescriptor, path: String, below: [FileDescriptor], into found: inout [FileChange]
    ) throws(SystemError) {
        for name in try FileName.sorted(in: folder) {
            guard let status = try status(name, in: folder) else { continue }
            let full = path + "/" + String(decoding: name.bytes, as: UTF8.self)
            if status.isWhiteout {
                found.append(FileChange(path: full, kind: .deleted))
                continue
            }
            let old = try visible(name, in: below)
            let isFolder = status.mode & S_IFMT == S_IFDIR
            let count = found.count
            if isFolder, let opened = try member(name, of: folder) {
                // An opaque folder shows nothing of what lies below it.
                let lower = isOpaque(opened) ? [] : try members(name, of: below)
                try collect(opened, path: full, below: lower, into: &found)
            }
            let isSame = old.map { $0.isSameFolder(as: status) } ?? false
            if isSame, found.count == count { continue }
            found.append(FileChange(path: full, kind: old == nil ? .added : .modified))
        }
    }

    /// What a name shows through from the layers below.
    private static func visible(_ name: FileName, in below: [FileDescriptor]) throws(SystemError) -> clinux_stat? {
        for folder in below {
            guard let status = try status(name, in: folder) else { continue }
            return status.isWhiteout ? nil : status
        }
        return nil
    }

    /// The folders of that name in the layers below, down to the first that hides the rest.
    private static func members(_ name: FileName, of below: [FileDescriptor]) throws(SystemError) -> [FileDescriptor] {
        var found: [FileDescriptor] = []
        for folder in below {
            guard let status = try status(name, in: folder) else { continue }
            guard status.mode & S_IFMT == S_IFDIR, let opened = try member(name, of: folder) else { break }
            found.append(opened)
            if isOpaque(opened) { break }
        }
        return found
    }

    private static func isOpaque(_ folder: FileDescriptor) -> Bool {
        var value: UInt8 = 0
        return clinux_fgetxattr(folder.number, "trusted.overlay.opaque", &value, 1) == 1 && value == UInt8(ascii: "y")
    }

    private static func size(_ folder: FileDescriptor, _ seen: inout Set<UInt64>) throws(SystemError) -> Int64 {
        var sum: Int64 = 0
        for name in try FileName.sorted(in: folder) {
            guard let status = try status(name, in: folder), !status.isWhiteout else { continue }
            if status.mode & S_IFMT == S_IFDIR {
                if let opened = try member(name, of: folder) { sum += try size(opened, &seen) }
            } else if status.links < 2 || seen.insert(status.inode).inserted {
                sum += Int64(clamping: status.size)
            }
        }
        return sum
    }
}

extension clinux_stat {
    /// overlay's mark for a name that is hidden.
    fileprivate var isWhiteout: Bool { mode & S_IFMT == S_IFCHR && device_major == 0 && device_minor == 0 }

    /// Whether two folders show no difference: what is copied up for the sake of its content keeps all this.
    fileprivate func isSameFolder(as other: clinux_stat) -> Bool {
        mode & S_IFMT == S_IFDIR && mode == other.mode && uid == other.uid && gid == other.gid
            && modified_seconds == other.modified_seconds && modified_nanoseconds == other.modified_nanoseconds
    }
}
