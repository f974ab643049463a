import CLinux
import Glibc
import LinuxKernel
import OCI

/// Writes a tree of files as a tar archive, names in order, every file open only while it is read.
final class TreeArchiver {
    private let writer: TarWriter
    /// The first name of each file that has several, by device and inode.
    private var names: [FileKey: [UInt8]] = [:]
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)

    private struct FileKey: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    init(to sink: any ByteSink) { writer = TarWriter(to: sink) }

    /// Adds a file, link or folder with all in it.
    ///
    /// - Parameters:
    ///   - place: what is added, opened with O_PATH.
    ///   - name: what it is called in the archive, without a slash at the end.
    ///   - prefix: what the names of a folder's members begin with; its own name and a slash.
    func add(_ place: FileDescriptor, name: [UInt8], prefix: [UInt8]) throws(EngineError) {
        let status = try status(place, shown: name)
        guard status.mode & S_IFMT == S_IFDIR else {
            return try addEntry(status, in: place, .itself, name: name)
        }
        try begin(entry(status, .directory, name + slash))
        try addMembers(of: place, prefix: prefix)
    }

    /// Ends the archive.
    func finish() throws(EngineError) { try archive { () throws(OCIError) in try writer.finish() } }

    private let slash = [UInt8(ascii: "/")]

    /// File systems that hold the kernel's answers and nobody's files; dockerd shows where they are mounted as empty.
    private static let kernels = [
        CLINUX_PROC_SUPER_MAGIC, CLINUX_SYSFS_MAGIC, CLINUX_CGROUP_SUPER_MAGIC, CLINUX_CGROUP2_SUPER_MAGIC,
        CLINUX_MQUEUE_MAGIC, CLINUX_DEVPTS_SUPER_MAGIC,
    ]

    /// Adds all that is in a folder.
    func addMembers(of folder: FileDescriptor, prefix: [UInt8] = []) throws(EngineError) {
        guard !Self.kernels.contains(clinux_filesystem_magic(folder.number)) else { return }
        for name in try system({ () throws(SystemError) in try FileName.sorted(in: folder) }) {
            let full = prefix + name.bytes
            // Something that went while it was being looked at is not there, as with tar(1).
            guard let status = try optionalStatus(folder, name, shown: full) else { continue }
            guard status.mode & S_IFMT == S_IFDIR else {
                try addEntry(status, in: folder, name, name: full)
                continue
            }
            let flags = UInt64(O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            let opened = clinux_openat2(folder.number, name.terminated, flags, 0, 0)
            if opened == -ENOENT { continue }
            let member = FileDescriptor(
                try system { () throws(SystemError) in
                    try SystemCall.check(opened, "open \(String(decoding: full, as: UTF8.self))")
                })
            try begin(entry(status, .directory, full + slash))
            try addMembers(of: member, prefix: full + slash)
        }
    }

    private func addEntry(_ status: clinux_stat, in folder: FileDescriptor, _ member: FileName, name: [UInt8])
        throws(EngineError)
    {
        let kind: TarEntry.Kind
        switch status.mode & S_IFMT {
        case S_IFREG: return try addFile(status, in: folder, member, name: name)
        case S_IFLNK: return try addLink(status, in: folder, member, name: name)
        case S_IFIFO: kind = .fifo
        case S_IFCHR: kind = .characterDevice(major: status.device_major, minor: status.device_minor)
        case S_IFBLK: kind = .blockDevice(major: status.device_major, minor: status.device_minor)
        // A socket means nothing without its process; tar has no place for it.
        default: return
        }
        if try addHardLink(status, name) { return }
        try begin(entry(status, kind, name))
    }

    private func addLink(_ status: clinux_stat, in folder: FileDescriptor, _ member: FileName, name: [UInt8])
        throws(EngineError)
    {
        if try addHardLink(status, name) { return }
        let target = try system { () throws(SystemError) in
            try Links.bytes(of: folder, name: member, shown: String(decoding: name, as: UTF8.self))
        }
        guard let target else { return }
        var link = entry(status, .symbolicLink(target: String(decoding: target, as: UTF8.self)), name)
        link.mode = 0o777
        if String(validating: target, as: UTF8.self) == nil { link.rawLinkTarget = target }
        try begin(link)
    }

    private func addFile(_ status: clinux_stat, in folder: FileDescriptor, _ member: FileName, name: [UInt8])
        throws(EngineError)
    {
        if try addHardLink(status, name) { return }
        // A place is opened for reading through its own entry in /proc, which cannot be exchanged meanwhile.
        let (directory, path) =
            member.isEmpty
            ? (AT_FDCWD, FileName("/proc/self/fd/\(folder.number)")) : (folder.number, member)
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (member.isEmpty ? 0 : O_NOFOLLOW)
        let opened = clinux_openat2(directory, path.terminated, UInt64(flags), 0, 0)
        if opened == -ENOENT { return }
        let shown = String(decoding: name, as: UTF8.self)
        let file = FileDescriptor(
            try system { () throws(SystemError) in try SystemCall.check(opened, "open \(shown)") })
        var entry = entry(status, .file, name)
        entry.size = Int64(clamping: status.size)
        if let value = Self.capabilities(of: file) { entry.extendedAttributes["security.capability"] = value }
        try begin(entry)
        try copy(file, count: entry.size, shown: shown)
    }

    /// Exactly so many bytes: a file that shrinks meanwhile is filled with zeros, one that grows is cut.
    private func copy(_ file: FileDescriptor, count: Int64, shown: String) throws(EngineError) {
        var left = count
        while left > 0 {
            let room = Int(min(left, Int64(buffer.count)))
            let answer = buffer.withUnsafeMutableBytes { clinux_read(file.number, $0.baseAddress, room) }
            var got = Int(try system { () throws(SystemError) in try SystemCall.check(answer, "read \(shown)") })
            if got == 0 {
                for index in 0..<room { buffer[index] = 0 }
                got = room
            }
            let result = buffer.withUnsafeBytes { bytes in
                Result { () throws(OCIError) in try writer.append(UnsafeRawBufferPointer(rebasing: bytes[..<got])) }
            }
            try archive { () throws(OCIError) in try result.get() }
            left -= Int64(got)
        }
    }

    private func addHardLink(_ status: clinux_stat, _ name: [UInt8]) throws(EngineError) -> Bool {
        guard status.links > 1 else { return false }
        let key = FileKey(device: status.device, inode: status.inode)
        guard let first = names[key] else {
            names[key] = name
            return false
        }
        var link = entry(status, .hardLink(target: String(decoding: first, as: UTF8.self)), name)
        if String(validating: first, as: UTF8.self) == nil { link.rawLinkTarget = first }
        try begin(link)
        return true
    }

    private func entry(_ status: clinux_stat, _ kind: TarEntry.Kind, _ name: [UInt8]) -> TarEntry {
        var entry = TarEntry(
            path: String(decoding: name, as: UTF8.self), kind: kind, mode: status.mode & 0o7777, uid: status.uid,
            gid: status.gid, modificationTime: status.modified_seconds)
        if String(validating: name, as: UTF8.self) == nil { entry.rawPath = name }
        return entry
    }

    /// The one attribute that dockerd copies.
    private static func capabilities(of file: FileDescriptor) -> [UInt8]? {
        var value = [UInt8](repeating: 0, count: 64)
        let count = Int(clinux_fgetxattr(file.number, "security.capability", &value, value.count))
        return count > 0 ? Array(value[..<count]) : nil
    }

    private func begin(_ entry: TarEntry) throws(EngineError) {
        try archive { () throws(OCIError) in try writer.begin(entry) }
    }

    private func status(_ place: FileDescriptor, shown: [UInt8]) throws(EngineError) -> clinux_stat {
        guard let status = try optionalStatus(place, .itself, shown: shown) else {
            throw EngineError(.notFound, "\(String(decoding: shown, as: UTF8.self)) is gone")
        }
        return status
    }

    private func optionalStatus(_ folder: FileDescriptor, _ name: FileName, shown: [UInt8]) throws(EngineError)
        -> clinux_stat?
    {
        var status = clinux_stat()
        let answer = clinux_fstatat(folder.number, name.terminated, 0, &status)
        if answer == -ENOENT { return nil }
        try system { () throws(SystemError) in
            try SystemCall.check(answer, "look at \(String(decoding: shown, as: UTF8.self))")
        }
        return status
    }

    @discardableResult
    private func system<Value>(_ body: () throws(SystemError) -> Value) throws(EngineError) -> Value {
        do { return try body() } catch { throw EngineError(.system, error.description) }
    }

    private func archive(_ body: () throws(OCIError) -> Void) throws(EngineError) {
        do { try body() } catch { throw EngineError(.system, error.message) }
    }
}
