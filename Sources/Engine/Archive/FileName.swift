import CLinux
import Glibc
import LinuxKernel

/// A name in a folder as the kernel has it: bytes, of whatever encoding.
struct FileName: Hashable {
    /// The bytes with a NUL behind them.
    let terminated: [CChar]

    /// The folder or file itself that a call is given.
    static let itself = FileName("")

    init(_ text: String) { terminated = text.utf8CString.map { $0 } }

    fileprivate init(_ name: UnsafeRawBufferPointer) {
        terminated = name.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
    }

    var isEmpty: Bool { terminated.count == 1 }
    /// The bytes alone.
    var bytes: [UInt8] { terminated.dropLast().map { UInt8(bitPattern: $0) } }

    /// The names in a folder in the order of their bytes, without `.` and `..`.
    static func sorted(in folder: FileDescriptor) throws(SystemError) -> [FileName] {
        let flags = UInt64(O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        let copy = try SystemCall.check(clinux_openat2(folder.number, ".", flags, 0, 0), "list a folder")
        guard let stream = fdopendir(copy) else {
            let number = errno
            clinux_close(copy)
            throw SystemError(action: "list a folder", errno: number)
        }
        defer { closedir(stream) }
        var names: [FileName] = []
        let dots: Set<FileName> = [FileName("."), FileName("..")]
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { FileName($0) }
            if !dots.contains(name) { names.append(name) }
        }
        return names.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }
}
