import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An HTTP client over a socket of the C library, as slow and as abrupt as a test wants it.
///
/// A test uses a client on one thread at a time.
final class BlockingClient: @unchecked Sendable {
    /// What a system call said.
    struct Failure: Error { let code = errno }
    /// An answer: status, headers in lower case, as much of the body as came, and whether all of it did.
    struct Answer: Sendable {
        var status = 0
        var headers: [String: String] = [:]
        fileprivate(set) var body: [UInt8] = []
        var isWhole: Bool { headers["content-length"].flatMap { Int($0) } == body.count }

        /// Whether the body is these bytes; compared here, as an expectation would list how a megabyte differs.
        func holds(_ bytes: ArraySlice<UInt8>) -> Bool { body.elementsEqual(bytes) }
    }

    /// Runs a client on a thread of its own: it must not take one of those that the registry runs on.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "client").async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    private let descriptor: CInt
    private var pending: [UInt8] = []

    /// Connects to `127.0.0.1:PORT`; a call that waits longer than 20 s fails.
    ///
    /// - Parameter window: how many bytes the kernel takes in before they are read, about; `nil` for as many as it likes.
    init(_ address: String, window: CInt? = nil) throws {
        #if os(Linux)
            descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw Failure() }
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        if var window { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &window, socklen_t(MemoryLayout<CInt>.size)) }
        var peer = sockaddr_in()
        peer.sin_family = sa_family_t(AF_INET)
        peer.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        peer.sin_port = UInt16(address.split(separator: ":").last ?? "0")?.bigEndian ?? 0
        let result = withUnsafePointer(to: &peer) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure() }
    }

    deinit { close(descriptor) }

    /// Sends `GET PATH` with more header lines.
    func ask(_ path: String, headers: [String] = []) throws {
        let text = (["GET \(path) HTTP/1.1", "Host: registry"] + headers + ["", ""]).joined(separator: "\r\n")
        guard send(descriptor, text, text.utf8.count, 0) == text.utf8.count else { throw Failure() }
    }

    /// Ends the client's side; answers still come.
    func endAsking() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Reads an answer in pieces of so many bytes, to its end or the end of the connection.
    func answer(piece: Int = 64 << 10) throws -> Answer {
        var answer = Answer()
        let end = Array("\r\n\r\n".utf8)
        while !pending.contains(end) {
            guard try receive(piece) else { return answer }
        }
        let lines = String(decoding: pending, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
        let head = lines.prefix { !$0.isEmpty }
        pending.removeFirst(head.reduce(2) { $0 + $1.utf8.count + 2 })
        answer.status = head.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        for line in head.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            answer.headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        let length = answer.headers["content-length"].flatMap { Int($0) } ?? 0
        while pending.count < length, try receive(piece) {}
        answer.body = Array(pending.prefix(length))
        pending.removeFirst(answer.body.count)
        return answer
    }

    /// Reads up to so many bytes of the answer; false at the end of the connection.
    func receive(_ piece: Int) throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: piece)
        let count = recv(descriptor, &buffer, piece, 0)
        guard count >= 0 else { throw Failure() }
        pending += buffer.prefix(count)
        return count > 0
    }
}
