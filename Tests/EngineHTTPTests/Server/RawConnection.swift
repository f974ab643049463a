import Glibc

/// A client that says exactly what it is told to, byte for byte.
final class RawConnection {
    private let descriptor: CInt
    private var buffer: [UInt8] = []

    private let flags = CInt(MSG_NOSIGNAL)

    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// Connects to a Unix socket; reading gives up after ten seconds.
    init(unix path: String) throws {
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try check(result == 0, "connect")
        setDeadline()
    }

    /// Connects to a port of 127.0.0.1.
    init(port: Int) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try check(result == 0, "connect")
        setDeadline()
    }

    deinit { close(descriptor) }

    private func setDeadline() {
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, flags) }
            try check(count > 0, "send")
            rest = rest.dropFirst(count)
        }
    }

    /// Sends as long as the socket takes bytes at once; how many it took.
    func sendWhileTaken(limit: Int) -> Int {
        let piece = [UInt8](repeating: 0x78, count: 64 * 1024)
        var taken = 0
        while taken < limit {
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&entry, 1, 1000) == 1, entry.revents & Int16(POLLOUT) != 0 else { break }
            let count = Glibc.send(descriptor, piece, piece.count, flags | CInt(MSG_DONTWAIT))
            guard count > 0 else { break }
            taken += count
        }
        return taken
    }

    func closeOutput() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Reads one head with its empty line.
    func head() throws -> String { try read(through: "\r\n\r\n") }

    /// Reads up to and including a text.
    func read(through mark: String) throws -> String {
        let mark = Array(mark.utf8)
        while true {
            if let end = position(of: mark) {
                defer { buffer.removeFirst(end) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            try check(
                try fill(), "the connection ended before \(mark), after: \(String(decoding: buffer, as: UTF8.self))")
        }
    }

    func read(count: Int) throws -> [UInt8] {
        while buffer.count < count { try check(try fill(), "the connection ended early") }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    /// Reads to the end of the stream.
    func rest() throws -> String {
        while try fill() {}
        defer { buffer = [] }
        return String(decoding: buffer, as: UTF8.self)
    }

    private func position(of mark: [UInt8]) -> Int? {
        guard buffer.count >= mark.count else { return nil }
        return (0...(buffer.count - mark.count)).first { buffer[$0..<($0 + mark.count)].elementsEqual(mark) }
            .map { $0 + mark.count }
    }

    /// Reads some; false at the end.
    private func fill() throws -> Bool {
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(descriptor, &piece, piece.count, 0)
        if count < 0, errno == ECONNRESET { return false }
        try check(count >= 0, "receive")
        buffer += piece[..<count]
        return count > 0
    }

    private func check(_ holds: Bool, _ what: String) throws {
        if !holds { throw Fault(description: "\(what): \(String(cString: strerror(errno)))") }
    }
}
