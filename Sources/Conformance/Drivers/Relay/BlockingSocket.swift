import Dispatch
import DockerAPI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Blocking sockets on threads of their own, for the relay: a command has one or two connections.
enum BlockingSocket {
    static func thread(_ label: String, _ body: @escaping @Sendable () -> Void) {
        DispatchQueue(label: label).async(execute: body)
    }

    /// Nanoseconds of the clock that wire events are timed with.
    static func now() -> UInt64 {
        var time = timespec()
        #if canImport(Darwin)
            clock_gettime(CLOCK_UPTIME_RAW, &time)
        #else
            clock_gettime(CLOCK_MONOTONIC, &time)
        #endif
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    static func listen(path: String) throws(SystemError) -> Int32 {
        let descriptor = try make(AF_UNIX)
        let bound = withUnixAddress(path) { bind(descriptor, $0, $1) }
        guard bound == 0, systemListen(descriptor) == 0 else { throw closing(descriptor) }
        return descriptor
    }

    static func accept(_ listener: Int32) throws(SystemError) -> Int32 {
        while true {
            let descriptor = systemAccept(listener)
            if descriptor >= 0 {
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                return descriptor
            }
            guard errno == EINTR || errno == ECONNABORTED else { throw closing(listener) }
        }
    }

    static func connect(to endpoint: EndpointURL) throws(SystemError) -> Int32 {
        switch endpoint.transport {
        case .unix(let path):
            let descriptor = try make(AF_UNIX)
            guard withUnixAddress(path, { systemConnect(descriptor, $0, $1) }) == 0 else { throw closing(descriptor) }
            return descriptor
        case .tcp(let host, let port):
            var hints = addrinfo()
            #if canImport(Glibc)
                hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            #else
                hints.ai_socktype = Int32(SOCK_STREAM)
            #endif
            var list: UnsafeMutablePointer<addrinfo>?
            guard getaddrinfo(host, String(port), &hints, &list) == 0, let list else {
                throw SystemError(code: EHOSTUNREACH)
            }
            defer { freeaddrinfo(list) }
            var next: UnsafeMutablePointer<addrinfo>? = list
            var failure = SystemError(code: ECONNREFUSED)
            while let entry = next {
                let descriptor = try make(entry.pointee.ai_family)
                if systemConnect(descriptor, entry.pointee.ai_addr, entry.pointee.ai_addrlen) == 0 { return descriptor }
                failure = closing(descriptor)
                next = entry.pointee.ai_next
            }
            throw failure
        }
    }

    /// Copies until the source ends, then ends the destination.
    static func pump(from source: Int32, to destination: Int32, _ see: ([UInt8]) -> Void) {
        let output = FileStream(descriptor: destination, owned: false)
        while let bytes = receive(source) {
            see(bytes)
            do { try output.write(bytes) } catch { break }
        }
        shutdown(destination, Int32(SHUT_WR))
    }

    /// The next bytes; `nil` where the peer has sent its last one or has gone.
    static func receive(_ source: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(source, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            return count > 0 ? Array(buffer[..<count]) : nil
        }
    }

    private static func make(_ family: Int32) throws(SystemError) -> Int32 {
        #if canImport(Glibc)
            let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
            let descriptor = socket(family, Int32(SOCK_STREAM), 0)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        #endif
        guard descriptor >= 0 else { throw SystemError() }
        return descriptor
    }

    private static func closing(_ descriptor: Int32) -> SystemError {
        let error = SystemError()
        close(descriptor)
        return error
    }

    private static func withUnixAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32
    {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return -1
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

private func systemListen(_ descriptor: Int32) -> Int32 { listen(descriptor, 16) }
private func systemAccept(_ descriptor: Int32) -> Int32 { accept(descriptor, nil, nil) }
private func systemConnect(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>?, _ length: socklen_t) -> Int32 {
    connect(descriptor, address, length)
}
