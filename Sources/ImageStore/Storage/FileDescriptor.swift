import CLinux
import Glibc
import OCI

/// An open file or folder, closed when nobody holds it.
final class FileDescriptor: Sendable {
    let number: Int32

    /// What makes a file that must not be there yet, through no link.
    static let newFileFlags = CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_EXCL | CLINUX_O_NOFOLLOW

    /// Links are followed as if the folder were `/`, and never leave it.
    static let resolveInRoot = CLINUX_RESOLVE_NO_MAGICLINKS | CLINUX_RESOLVE_IN_ROOT

    init(_ number: Int32) { self.number = number }

    deinit { clinux_close(number) }

    /// Opens a folder by its path, which is the store's own and trusted.
    static func directory(_ path: String) throws(OCIError) -> FileDescriptor {
        let number = clinux_openat2(
            CLINUX_AT_FDCWD, path, CLINUX_O_DIRECTORY, 0, 0)
        return FileDescriptor(try SystemCall.check(number, "open \(path)"))
    }

    /// Makes a file of the store's own.
    static func newFile(_ path: String) throws(OCIError) -> FileDescriptor {
        let number = clinux_openat2(CLINUX_AT_FDCWD, path, Self.newFileFlags, 0o600, 0)
        return FileDescriptor(try SystemCall.check(number, "create \(path)"))
    }

    /// Writes all bytes at the end of what was written so far.
    func write(_ bytes: UnsafeRawBufferPointer, shown: String) throws(OCIError) {
        var rest = bytes
        while !rest.isEmpty {
            let written = try SystemCall.check(clinux_write(number, rest.baseAddress, rest.count), "write \"\(shown)\"")
            rest = UnsafeRawBufferPointer(rebasing: rest[Int(written)...])
        }
    }
}

extension FileDescriptor {
    /// Leaves so many zeros at the end, which take no room on disk.
    func skip(_ count: Int64, shown: String) throws(OCIError) {
        let end = lseek(number, off_t(count), SEEK_CUR)
        guard end >= 0, ftruncate(number, end) == 0 else { throw SystemCall.error(errno, "write \"\(shown)\"") }
    }
}

/// The one place where answers of system calls become errors.
enum SystemCall {
    /// The answer, or an error that names what was tried.
    @discardableResult
    static func check<Answer: SignedInteger>(_ answer: Answer, _ what: @autoclosure () -> String) throws(OCIError)
        -> Answer
    {
        guard answer < 0 else { return answer }
        throw error(Int32(truncatingIfNeeded: -answer), what())
    }

    static func error(_ number: Int32, _ what: String) -> OCIError {
        OCIError(.fileSystem, "cannot \(what): \(String(cString: strerror(number)))", errno: number)
    }
}

extension SystemCall {
    /// Writes out the file system that a folder is on.
    static func synchronize(_ folder: String) throws(OCIError) {
        let descriptor = try FileDescriptor.directory(folder)
        try check(clinux_syncfs(descriptor.number), "sync \(folder)")
    }
}
