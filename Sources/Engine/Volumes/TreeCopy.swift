import CLinux
import Glibc
import LinuxKernel

/// Copies a folder with all in it: kinds, owners, permissions, times, extended attributes, hard links. No link is followed.
struct TreeCopy {
    private static let flags = UInt64(O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    /// Where a file with several names was copied to first, by its device and inode.
    private var copied: [Identity: (folder: FileDescriptor, name: String)] = [:]

    private struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    /// Copies what is in one folder into another, which takes over owner, permissions and times as well.
    static func copy(from source: FileDescriptor, into destination: FileDescriptor) throws(SystemError) {
        var copy = TreeCopy()
        try copy.copyContents(source, destination)
        try Self.copyAttributes(source, ".", destination, ".", followsMode: true)
    }

    private mutating func copyContents(_ source: FileDescriptor, _ destination: FileDescriptor) throws(SystemError) {
        for name in try Folder.names("/proc/self/fd/\(source.number)") {
            var status = clinux_stat()
            try SystemCall.check(clinux_fstatat(source.number, name, 0, &status), "look at \(name)")
            let kind = status.mode & S_IFMT
            let identity = Identity(device: status.device, inode: status.inode)
            if kind != S_IFDIR, status.links > 1, let first = copied[identity] {
                try SystemCall.check(
                    clinux_linkat(first.folder.number, first.name, destination.number, name), "link \(name)")
                continue
            }
            switch kind {
            case S_IFDIR: try copyFolder(name, source, destination)
            case S_IFREG: try Self.copyFile(name, source, destination)
            case S_IFLNK: try Self.copyLink(name, source, destination)
            default:
                try SystemCall.check(
                    clinux_mknodat(destination.number, name, status.mode, status.device_major, status.device_minor),
                    "make \(name)")
            }
            try Self.copyAttributes(source, name, destination, name, followsMode: kind != S_IFLNK)
            if kind != S_IFDIR, status.links > 1 { copied[identity] = (destination, name) }
        }
    }

    private mutating func copyFolder(
        _ name: String, _ source: FileDescriptor, _ destination: FileDescriptor
    ) throws(SystemError) {
        try SystemCall.check(clinux_mkdirat(destination.number, name, 0o700), "make the folder \(name)")
        let from = FileDescriptor(
            try SystemCall.check(clinux_openat2(source.number, name, Self.flags, 0, 0), "open \(name)"))
        let to = FileDescriptor(
            try SystemCall.check(clinux_openat2(destination.number, name, Self.flags, 0, 0), "open \(name)"))
        try copyContents(from, to)
    }

    private static func copyFile(
        _ name: String, _ source: FileDescriptor, _ destination: FileDescriptor
    ) throws(SystemError) {
        let reading = UInt64(O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        let writing = UInt64(O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)
        let from = FileDescriptor(
            try SystemCall.check(clinux_openat2(source.number, name, reading, 0, 0), "open \(name)"))
        let to = FileDescriptor(
            try SystemCall.check(clinux_openat2(destination.number, name, writing, 0o600, 0), "make \(name)"))
        var buffer = [UInt8](repeating: 0, count: 1 << 17)
        while true {
            let answer = buffer.withUnsafeMutableBytes { clinux_read(from.number, $0.baseAddress, $0.count) }
            let count = Int(try SystemCall.check(answer, "read \(name)"))
            guard count > 0 else { return }
            var done = 0
            while done < count {
                let written = buffer.withUnsafeBytes { bytes in
                    clinux_write(
                        to.number, UnsafeRawBufferPointer(rebasing: bytes[done..<count]).baseAddress, count - done)
                }
                done += Int(try SystemCall.check(written, "write \(name)"))
            }
        }
    }

    private static func copyLink(
        _ name: String, _ source: FileDescriptor, _ destination: FileDescriptor
    ) throws(SystemError) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlinkat(source.number, name, &buffer, Int(PATH_MAX))
        guard count >= 0 else { throw SystemError(action: "read the link \(name)", errno: errno) }
        try SystemCall.check(clinux_symlinkat(buffer, destination.number, name), "make the link \(name)")
    }

    private static func copyAttributes(
        _ source: FileDescriptor, _ name: String, _ destination: FileDescriptor, _ newName: String, followsMode: Bool
    ) throws(SystemError) {
        var status = Glibc.stat()
        guard fstatat(source.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw SystemError(action: "look at \(name)", errno: errno)
        }
        guard fchownat(destination.number, newName, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw SystemError(action: "change the owner of \(name)", errno: errno)
        }
        if followsMode {
            try SystemCall.check(
                clinux_fchmodat(destination.number, newName, status.st_mode & 0o7777),
                "change the permissions of \(name)")
        }
        try copyExtendedAttributes(source, name, destination, newName)
        try SystemCall.check(
            clinux_utimensat(
                destination.number, newName, Int64(status.st_atim.tv_sec), UInt32(status.st_atim.tv_nsec),
                Int64(status.st_mtim.tv_sec), UInt32(status.st_mtim.tv_nsec)), "set the times of \(name)")
    }

    /// Only what files of an image can carry: capabilities and the user's own; overlay's marks stay behind.
    private static func copyExtendedAttributes(
        _ source: FileDescriptor, _ name: String, _ destination: FileDescriptor, _ newName: String
    ) throws(SystemError) {
        guard name != "." else { return }
        var list = [CChar](repeating: 0, count: 65536)
        let length = clinux_llistxattrat(source.number, name, &list, list.count)
        if length == -Int64(EOPNOTSUPP) { return }
        let names = list.prefix(Int(try SystemCall.check(length, "list attributes of \(name)")))
        for attribute in names.split(separator: 0).map({ String(decoding: $0.map(UInt8.init), as: UTF8.self) })
        where attribute.hasPrefix("user.") || attribute == "security.capability" {
            var value = [UInt8](repeating: 0, count: 65536)
            let size = clinux_lgetxattrat(source.number, name, attribute, &value, value.count)
            try SystemCall.check(size, "read \(attribute) of \(name)")
            try SystemCall.check(
                clinux_lsetxattrat(destination.number, newName, attribute, value, Int(size)),
                "set \(attribute) of \(name)")
        }
    }
}
