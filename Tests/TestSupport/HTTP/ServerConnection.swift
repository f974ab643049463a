import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The server's side of one connection, with blocking calls.
public final class ServerConnection: Sendable {
    /// How long a call waits before it throws, in seconds: longer than a test may have to wait for its turn among the others.
    public static let patience = 90

    /// The number of the connection, from 1.
    public let number: Int
    private let descriptor: Mutex<CInt>
    private let pending = Mutex<[UInt8]>([])

    init(descriptor: CInt, number: Int) {
        self.number = number
        var timeout = timeval(tv_sec: Self.patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        self.descriptor = Mutex(descriptor)
    }

    /// Reads a head up to its empty line; what comes with it stays for the next read.
    @discardableResult
    public func readHead() throws -> String {
        let end = Array("\r\n\r\n".utf8)
        while true {
            let head = pending.withLock { bytes -> [UInt8]? in
                guard bytes.count >= end.count,
                    let start = (0...(bytes.count - end.count)).first(where: { bytes[$0...].starts(with: end) })
                else { return nil }
                let head = Array(bytes[..<(start + end.count)])
                bytes.removeFirst(head.count)
                return head
            }
            if let head { return String(decoding: head, as: UTF8.self) }
            guard try fill() else { throw ServerFailure.endOfFile }
        }
    }

    /// Reads exactly so many bytes.
    public func read(_ count: Int) throws -> [UInt8] {
        while pending.withLock({ $0.count }) < count {
            guard try fill() else { throw ServerFailure.endOfFile }
        }
        return pending.withLock { bytes in
            defer { bytes.removeFirst(count) }
            return Array(bytes.prefix(count))
        }
    }

    /// Reads until the client ends its side.
    @discardableResult
    public func readToEnd() throws -> [UInt8] {
        while try fill() {}
        return pending.withLock { bytes in
            defer { bytes = [] }
            return bytes
        }
    }

    /// Sends text.
    public func write(_ text: String) throws { try write(Array(text.utf8)) }

    /// Sends bytes.
    public func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(open, $0.baseAddress, $0.count, Sockets.sendFlags) }
            guard count > 0 else { throw ServerFailure.system(errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Ends this side; the client may go on.
    public func endWriting() { shutdown(open, CInt(SHUT_WR)) }

    /// Closes.
    public func close() {
        let old = descriptor.withLock { value in
            defer { value = -1 }
            return value
        }
        if old >= 0 { Sockets.closeDescriptor(old) }
    }

    /// Closes so that the client sees a reset.
    public func reset() {
        var abort = linger(l_onoff: 1, l_linger: 0)
        setsockopt(open, SOL_SOCKET, SO_LINGER, &abort, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    private var open: CInt { descriptor.withLock { $0 } }

    private func fill() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(open, &buffer, buffer.count, 0)
        guard count >= 0 else { throw ServerFailure.system(errno) }
        pending.withLock { $0 += buffer.prefix(count) }
        return count > 0
    }
}

/// Why a script could not go on.
public enum ServerFailure: Error {
    /// The client ended where more was expected.
    case endOfFile
    /// A call failed or took too long, with errno.
    case system(CInt)
}

/// Sockets of the C library.
enum Sockets {
    #if os(Linux)
        /// A write to a closed peer is an error, not a signal.
        static let sendFlags = CInt(MSG_NOSIGNAL)
        private static let streamType = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    #else
        static let sendFlags: CInt = 0
        private static let streamType = SOCK_STREAM
    #endif

    static func closeDescriptor(_ descriptor: CInt) { close(descriptor) }

    static func listener(unixSocket path: String) throws -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        return try listener(AF_UNIX, &address, size: MemoryLayout<sockaddr_un>.size)
    }

    static func listenOnLoopback() throws -> (descriptor: CInt, port: Int) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let descriptor = try listener(AF_INET, &address, size: MemoryLayout<sockaddr_in>.size)
        var bound = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &bound) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        guard result == 0 else { throw ServerFailure.system(errno) }
        return (descriptor, Int(UInt16(bigEndian: bound.sin_port)))
    }

    private static func listener<Address>(_ family: CInt, _ address: inout Address, size: Int) throws -> CInt {
        let descriptor = socket(family, streamType, 0)
        guard descriptor >= 0 else { throw ServerFailure.system(errno) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(size)) }
        }
        guard bound == 0, listen(descriptor, 64) == 0 else { throw ServerFailure.system(errno) }
        return descriptor
    }
}
