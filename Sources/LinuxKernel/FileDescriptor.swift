import CLinux

/// An open descriptor, closed when nobody holds it.
public final class FileDescriptor: Sendable {
    /// The number, valid as long as this object lives.
    public let number: Int32

    /// Takes a descriptor over.
    public init(_ number: Int32) { self.number = number }

    deinit { clinux_close(number) }
}

extension FileDescriptor {
    /// openat2(2) of a path seen from the current folder; close-on-exec is up to `flags`.
    static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0) throws(SystemError) -> FileDescriptor {
        let number = clinux_openat2(
            FileFlags.currentDirectory, path, UInt64(UInt32(bitPattern: flags)), UInt64(mode), 0)
        return FileDescriptor(try SystemCall.check(number, "open \(path)"))
    }

    /// Opens a folder, to be named by its descriptor from then on.
    public static func directory(_ path: String) throws(SystemError) -> FileDescriptor {
        try open(path, FileFlags.directory)
    }

    /// Writes all of the bytes.
    func writeAll(_ bytes: [UInt8], _ action: @autoclosure () -> String) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let answer = bytes.withUnsafeBytes { buffer in
                clinux_write(number, UnsafeRawBufferPointer(rebasing: buffer[done...]).baseAddress, buffer.count - done)
            }
            done += Int(try SystemCall.check(answer, action()))
        }
    }
}
