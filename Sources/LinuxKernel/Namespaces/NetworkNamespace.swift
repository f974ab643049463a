import CLinux
import Glibc

/// Network namespaces (network_namespaces(7)), each held by an open descriptor and gone when nobody holds it.
public enum NetworkNamespace {
    private static let type: UInt64 = 0x4000_0000  // CLONE_NEWNET

    /// The namespace of the calling thread.
    public static func current() throws(SystemError) -> FileDescriptor { try open("/proc/thread-self/ns/net") }

    /// The namespace of a process.
    public static func of(process: Int32) throws(SystemError) -> FileDescriptor {
        try open("/proc/\(process)/ns/net")
    }

    /// Moves the calling thread, and no other.
    public static func enter(_ namespace: FileDescriptor) throws(SystemError) {
        try SystemCall.check(clinux_setns(namespace.number, type), "enter a network namespace")
    }

    /// Makes a namespace and runs `body` in it; the calling thread is back in `home` afterwards.
    ///
    /// No process is forked: unshare(2) moves the calling thread alone.
    public static func make<Product>(
        home: FileDescriptor, _ body: (FileDescriptor) throws(SystemError) -> Product
    ) throws(SystemError) -> Product {
        try SystemCall.check(clinux_unshare(type), "make a network namespace")
        let outcome: Result<Product, SystemError>
        do {
            outcome = .success(try body(try current()))
        } catch {
            outcome = .failure(error)
        }
        try enter(home)
        return try outcome.get()
    }

    private static func open(_ path: String) throws(SystemError) -> FileDescriptor {
        FileDescriptor(
            try SystemCall.check(
                clinux_openat2(AT_FDCWD, path, UInt64(O_RDONLY | O_CLOEXEC), 0, 0), "open \(path)"))
    }
}

/// Settings below /proc/sys/net, of the network namespace that the calling thread is in (sysctl(8)).
public enum NetworkSetting {
    /// The value as text; `nil` where the kernel has no such setting.
    ///
    /// - Parameter name: below /proc/sys/net: `ipv4/ip_forward`.
    public static func read(_ name: String) throws(SystemError) -> String? {
        let path = "/proc/sys/net/\(name)"
        let number = clinux_openat2(AT_FDCWD, path, UInt64(O_RDONLY | O_CLOEXEC), 0, 0)
        if number == -ENOENT { return nil }
        let file = FileDescriptor(try SystemCall.check(number, "open \(path)"))
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = bytes.withUnsafeMutableBytes { clinux_read(file.number, $0.baseAddress, $0.count) }
        let length = Int(try SystemCall.check(count, "read \(path)"))
        return String(decoding: bytes.prefix(length).filter { $0 != 0x0a }, as: UTF8.self)
    }

    /// Sets a value.
    public static func write(_ name: String, _ value: String) throws(SystemError) {
        let path = "/proc/sys/net/\(name)"
        let file = FileDescriptor(
            try SystemCall.check(
                clinux_openat2(AT_FDCWD, path, UInt64(O_WRONLY | O_CLOEXEC), 0, 0), "open \(path)"))
        let count = Array(value.utf8).withUnsafeBytes { clinux_write(file.number, $0.baseAddress, $0.count) }
        try SystemCall.check(count, "write \(value) to \(path)")
    }
}
