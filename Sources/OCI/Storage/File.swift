#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open file; every failed system call becomes an `OCIError` that names the call's path.
public final class File {
    /// The path it was opened by.
    public let path: String
    private let descriptor: Int32

    /// Opens a file for reading.
    public init(reading path: String) throws(OCIError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw File.error("open", path) }
    }

    /// Creates a file that must not exist yet.
    public init(creating path: String, mode: mode_t = 0o644) throws(OCIError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw File.error("create", path) }
    }

    deinit { close(descriptor) }

    /// The file's size in bytes.
    public func size() throws(OCIError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw File.error("stat", path) }
        return Int64(status.st_size)
    }

    /// Reads at most `count` bytes from `offset`; empty at the end of the file.
    public func read(at offset: Int64, count: Int) throws(OCIError) -> [UInt8] {
        var failure: OCIError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(OCIError) {
                initialized = try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Reads into `buffer` from `offset`; answers how many bytes came, 0 at the end of the file.
    public func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(OCIError) -> Int {
        while true {
            let result = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if result >= 0 { return result }
            guard errno == EINTR else { throw File.error("read", path) }
        }
    }

    /// Writes all bytes at the end of what was written so far.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = platformWrite(descriptor, UnsafeRawBufferPointer(rebasing: rest))
            if written < 0 {
                guard errno == EINTR else { throw File.error("write", path) }
                continue
            }
            rest = rest.dropFirst(written)
        }
    }

    /// Waits until the content is on the disk.
    public func synchronize() throws(OCIError) {
        guard fsync(descriptor) == 0 else { throw File.error("sync", path) }
    }

    /// Reads the whole file in pieces, from its start, into `sink`; the sink is not finished.
    public func copy(to sink: any ByteSink) throws(OCIError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        while true {
            let count = try read(at: offset, into: buffer)
            guard count > 0 else { return }
            try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += Int64(count)
        }
    }

    /// The content of a file no larger than `limit`.
    public static func contents(of path: String, limit: Int) throws(OCIError) -> [UInt8] {
        let file = try File(reading: path)
        let size = try file.size()
        guard size <= Int64(limit) else {
            throw OCIError(.limitExceeded, "\(path) has \(size) bytes; at most \(limit) are read")
        }
        let sink = MemorySink(limit: limit)
        try file.copy(to: sink)
        return sink.bytes
    }

    /// Replaces a file at once: readers see the old content or the new, never a part.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(OCIError) {
        let temporary = "\(path).\(getpid()).new"
        unlink(temporary)
        let sink = FileSink(try File(creating: temporary))
        try sink.write(bytes)
        try sink.finish()
        try rename(temporary, to: path)
    }

    /// Moves a file or folder over what stands at `destination` (rename(2)).
    public static func rename(_ source: String, to destination: String) throws(OCIError) {
        guard platformRename(source, destination) == 0 else { throw error("rename", source) }
    }

    /// Whether something stands at that path, a broken link included.
    public static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Makes a folder and those above it; one that stands already is fine.
    public static func makeFolder(_ path: String) throws(OCIError) {
        var prefix = path.hasPrefix("/") ? "" : "."
        for component in path.split(separator: "/") {
            prefix += "/\(component)"
            guard mkdir(prefix, 0o755) == 0 || errno == EEXIST else { throw error("make folder", prefix) }
        }
    }

    static func error(_ action: String, _ path: String, _ number: Int32 = errno) -> OCIError {
        let reason = String(cString: strerror(number))
        return OCIError(
            number == ENOENT ? .notFound : .fileSystem, "cannot \(action) \(path): \(reason)", errno: number)
    }
}

private func platformWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}

private func platformRename(_ source: String, _ destination: String) -> Int32 { rename(source, destination) }

/// Writes into a file and syncs it at the end.
public final class FileSink: ByteSink {
    private let file: File

    /// A sink that appends to `file`.
    public init(_ file: File) { self.file = file }

    /// See `ByteSink`.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) { try file.write(bytes) }

    /// See `ByteSink`.
    public func finish() throws(OCIError) { try file.synchronize() }
}
