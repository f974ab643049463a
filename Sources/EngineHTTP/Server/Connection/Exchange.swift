import DockerAPI
import NIOHTTP1

/// A request and what is known of its answer.
struct Exchange {
    let head: HTTPRequestHead
    let route: Route
    let version: APIVersion
    let names: [String]
    let query: Query
    /// Bytes of a document.
    let documentLimit: Int
    /// Whether the last byte of the body was read.
    var bodyIsComplete = false
    /// Whether the answer is sent in chunks.
    var isChunked = false
    /// The answer whose head waits for its first bytes.
    var waitingHead: Reply?
    /// Whether another request may follow.
    var keepsAlive: Bool
    private let began = ContinuousClock.now

    init(
        head: HTTPRequestHead, route: Route, version: APIVersion, names: [String], query: Query, documentLimit: Int
    ) {
        self.head = head
        self.route = route
        self.version = version
        self.names = names
        self.query = query
        self.documentLimit = documentLimit
        keepsAlive = RequestFraming.keepsAlive(head)
    }

    /// Whether the client asked for 101 (docker's rule: any `Upgrade` header).
    var asksForUpgrade: Bool { head.headers.contains(name: "Upgrade") }

    var elapsedMicroseconds: Int64 {
        let elapsed = ContinuousClock.now - began
        return elapsed.components.seconds * 1_000_000 + elapsed.components.attoseconds / 1_000_000_000_000
    }

    func call(body: Call.Body) -> Call {
        Call(
            method: head.method, version: version, names: names, query: query, headers: head.headers, body: body)
    }
}

/// Where a request ends, told strictly: what two readers could understand in two ways is refused (RFC 9112, section 6).
enum RequestFraming {
    /// The length of the body.
    ///
    /// - Throws: `BadRequest`.
    static func bodyLength(_ head: HTTPRequestHead) throws(BadRequest) -> BodyLength {
        let lengths = head.headers["Content-Length"]
        let codings = head.headers["Transfer-Encoding"]
        guard codings.isEmpty else {
            guard lengths.isEmpty else {
                throw BadRequest("Content-Length and Transfer-Encoding exclude each other")
            }
            guard codings.count == 1, codings[0].lowercased() == "chunked", head.takesChunks else {
                throw BadRequest("unsupported Transfer-Encoding: \(codings.joined(separator: ", "))")
            }
            return .chunked
        }
        guard let text = lengths.first else { return .none }
        guard lengths.count == 1, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(text) else {
            throw BadRequest("malformed Content-Length")
        }
        return count > 0 ? .bytes(count) : .none
    }

    /// Whether another request may follow on the connection.
    static func keepsAlive(_ head: HTTPRequestHead) -> Bool {
        // After a request for another protocol the decoder waits for that protocol.
        guard !head.headers.contains(name: "Upgrade") else { return false }
        return head.isKeepAlive
    }
}

extension HTTPRequestHead {
    /// Whether the sender knows chunked bodies: HTTP/1.1.
    var takesChunks: Bool { version.major == 1 && version.minor >= 1 }
}
