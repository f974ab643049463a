import Foundation
import Glibc
import LinuxKernel
import BridgeNetwork
import Testing

/// Sockets as programs in containers use them, with deadlines.
enum Sockets {
    struct Failure: Error, Hashable { let errno: Int32 }

    static let patience: Int32 = 2_000

    static func listen(_ address: String = "0.0.0.0", port: UInt16) throws -> FileDescriptor {
        let socket = try open(address, SOCK_STREAM)
        var on: Int32 = 1
        setsockopt(socket.number, SOL_SOCKET, SO_REUSEADDR, &on, 4)
        try with(address, port) { try check(bind(socket.number, $0, $1)) }
        try check(Glibc.listen(socket.number, 8))
        return socket
    }

    static func connect(_ address: String, _ port: UInt16, patience: Int32 = Sockets.patience) throws -> FileDescriptor
    {
        let socket = try open(address, SOCK_STREAM)
        try with(address, port) {
            guard Glibc.connect(socket.number, $0, $1) < 0 else { return }
            guard errno == EINPROGRESS else { throw Failure(errno: errno) }
        }
        try wait(socket, POLLOUT, patience)
        var code: Int32 = 0
        var length = socklen_t(4)
        getsockopt(socket.number, SOL_SOCKET, SO_ERROR, &code, &length)
        guard code == 0 else { throw Failure(errno: code) }
        return socket
    }

    /// The next connection and the address it came from.
    static func accept(_ listener: FileDescriptor) throws -> (FileDescriptor, peer: String) {
        try wait(listener, POLLIN, patience)
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let number = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.accept(listener.number, $0, &length) }
        }
        try check(number)
        return (FileDescriptor(number), peer: text(of: &storage))
    }

    static func datagramSocket(_ address: String = "0.0.0.0", _ port: UInt16) throws -> FileDescriptor {
        let socket = try open(address, SOCK_DGRAM)
        try with(address, port) { try check(bind(socket.number, $0, $1)) }
        return socket
    }

    static func send(_ text: String, from socket: FileDescriptor, to address: String, _ port: UInt16) throws {
        try with(address, port) { target, length in
            let sent = Array(text.utf8).withUnsafeBytes {
                sendto(socket.number, $0.baseAddress, $0.count, 0, target, length)
            }
            try check(Int32(sent))
        }
    }

    static func receive(_ socket: FileDescriptor) throws -> (String, from: String, port: UInt16) {
        try wait(socket, POLLIN, patience)
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var bytes = [UInt8](repeating: 0, count: 2048)
        let count = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(socket.number, &bytes, bytes.count, 0, $0, &length)
            }
        }
        try check(Int32(count))
        let port = withUnsafeBytes(of: &storage) { UInt16($0[2]) << 8 | UInt16($0[3]) }
        return (String(decoding: bytes.prefix(count), as: UTF8.self), text(of: &storage), port)
    }

    /// Shows that a client reaches that server and no other; answers the address the server sees.
    @discardableResult
    static func converse(
        _ client: Site, to address: String, _ port: UInt16, with server: FileDescriptor
    ) async throws -> String {
        let connection = try await client.run { try connect(address, port) }
        let (accepted, peer) = try accept(server)
        let greeting = "hello \(port)"
        #expect(write(accepted.number, greeting, greeting.utf8.count) == greeting.utf8.count)
        try wait(connection, POLLIN, patience)
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(connection.number, &bytes, bytes.count)
        #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == greeting)
        return peer
    }

    /// Whether nobody answers there: refused, unreachable or silent.
    static func isClosed(_ client: Site, to address: String, _ port: UInt16) async throws -> Bool {
        do {
            _ = try await client.run { try connect(address, port, patience: 300) }
            return false
        } catch is Failure {
            return true
        }
    }

    private static func open(_ address: String, _ kind: __socket_type) throws -> FileDescriptor {
        let family = address.contains(":") ? AF_INET6 : AF_INET
        let number = socket(family, Int32(kind.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try check(number)
        return FileDescriptor(number)
    }

    private static func with(
        _ address: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Void
    ) throws {
        let bytes = try #require(IPAddress(address)).bytes
        var storage = [UInt8](repeating: 0, count: bytes.count == 4 ? 16 : 28)
        storage.replaceSubrange(
            0..<2, with: withUnsafeBytes(of: UInt16(bytes.count == 4 ? AF_INET : AF_INET6)) { Array($0) })
        storage[2] = UInt8(port >> 8)
        storage[3] = UInt8(port & 0xff)
        let offset = bytes.count == 4 ? 4 : 8
        storage.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
        try storage.withUnsafeBytes { raw in
            try body(raw.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t(raw.count))
        }
    }

    private static func text(of storage: inout sockaddr_storage) -> String {
        withUnsafeBytes(of: &storage) { raw in
            let isIPv6 = raw.load(as: UInt16.self) == UInt16(AF_INET6)
            var text = [CChar](repeating: 0, count: 64)
            guard let end = inet_ntop(isIPv6 ? AF_INET6 : AF_INET, raw.baseAddress! + (isIPv6 ? 8 : 4), &text, 64)
            else { return "" }
            return String(cString: end)
        }
    }

    private static func wait(_ socket: FileDescriptor, _ events: Int32, _ patience: Int32) throws {
        var entry = pollfd(fd: socket.number, events: Int16(events), revents: 0)
        guard poll(&entry, 1, patience) > 0 else { throw Failure(errno: ETIMEDOUT) }
    }

    private static func check(_ answer: Int32) throws {
        guard answer >= 0 else { throw Failure(errno: errno) }
    }
}
