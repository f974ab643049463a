import CLinux
import Glibc

/// Files that fit into memory: control files of the kernel, and small state of our own.
public enum SmallFile {
    /// All bytes of a file.
    ///
    /// - Parameter limit: the most bytes it may have; a longer file is EFBIG.
    public static func read(_ path: String, limit: Int = 1 << 20) throws(SystemError) -> [UInt8] {
        try read(try FileDescriptor.open(path, FileFlags.read), path, limit: limit)
    }

    /// The same of an open file, from where it stands.
    ///
    /// - Parameter path: what it is called in an error.
    public static func read(_ file: FileDescriptor, _ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let start = bytes.count
            let room = max(4096, start)
            guard start <= limit else { throw SystemError(action: "read \(path)", errno: EFBIG) }
            bytes.append(contentsOf: repeatElement(0, count: room))
            let answer = bytes.withUnsafeMutableBytes { buffer in
                clinux_read(file.number, UnsafeMutableRawBufferPointer(rebasing: buffer[start...]).baseAddress, room)
            }
            let count = Int(try SystemCall.check(answer, "read \(path)"))
            bytes.removeLast(room - count)
            if count == 0 { return bytes }
        }
    }

    /// The same as text; bytes that are not UTF-8 become U+FFFD.
    public static func text(_ path: String, limit: Int = 1 << 20) throws(SystemError) -> String {
        String(decoding: try read(path, limit: limit), as: UTF8.self)
    }

    /// Puts new bytes in the place of a file so that a reader, or a crash, sees the old ones or the new ones whole.
    ///
    /// The bytes go into `.NAME.new` beside it, which is then renamed.
    ///
    /// - Parameter durable: also wait until both the bytes and the name are on the disk.
    public static func replace(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o600, durable: Bool = false)
        throws(SystemError)
    {
        let (folder, name) = split(path)
        let directory = try FileDescriptor.directory(folder)
        let temporary = ".\(name).new"
        // What a crash left behind is never read, so it only stands in the way.
        let left = clinux_unlinkat(directory.number, temporary, 0)
        if left != -ENOENT { try SystemCall.check(left, "remove \(folder)/\(temporary)") }
        let flags = UInt64(UInt32(bitPattern: FileFlags.createNew))
        let number = clinux_openat2(directory.number, temporary, flags, UInt64(mode), 0)
        let file = FileDescriptor(try SystemCall.check(number, "create \(folder)/\(temporary)"))
        try file.writeAll(bytes, "write \(folder)/\(temporary)")
        if durable { try SystemCall.check(clinux_fdatasync(file.number), "sync \(folder)/\(temporary)") }
        try SystemCall.check(
            clinux_renameat(directory.number, temporary, directory.number, name), "replace \(path)")
        if durable { try SystemCall.check(clinux_fsync(directory.number), "sync \(folder)") }
    }

    /// Writes new bytes into a file that keeps its place, made where it is missing; a crash may leave it half written.
    ///
    /// Cut off only where it was longer: ext4(5) flushes a file that was cut to nothing when it is closed (auto_da_alloc).
    public static func overwrite(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o600) throws(SystemError) {
        let number = clinux_openat2(
            FileFlags.currentDirectory, path, UInt64(UInt32(bitPattern: FileFlags.writeCreate)), UInt64(mode), 0)
        let file = FileDescriptor(try SystemCall.check(number, "open \(path)"))
        var status = clinux_stat()
        try SystemCall.check(clinux_fstatat(file.number, "", 1, &status), "look at \(path)")
        try file.writeAll(bytes, "write \(path)")
        if status.size > bytes.count {
            try SystemCall.check(clinux_ftruncate(file.number, Int64(bytes.count)), "cut \(path)")
        }
    }

    /// Writes a control file of the kernel: one write, which takes effect or fails as a whole.
    static func control(_ path: String, _ text: String) throws(SystemError) {
        let file = try FileDescriptor.open(path, FileFlags.control)
        let bytes = Array(text.utf8)
        let answer = bytes.withUnsafeBytes { clinux_write(file.number, $0.baseAddress, $0.count) }
        try SystemCall.check(answer, "write \"\(text)\" to \(path)")
    }

    /// Whether something stands at the path.
    public static func exists(_ path: String) -> Bool {
        var status = clinux_stat()
        return clinux_fstatat(FileFlags.currentDirectory, path, 1, &status) == 0
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        return (folder, String(path[path.index(after: slash)...]))
    }
}
