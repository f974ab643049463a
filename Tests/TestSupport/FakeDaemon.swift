import Synchronization

/// A Docker daemon in miniature: it answers what a run of the suite asks of every endpoint, and lets a test decide the
/// rest, misbehaviour included.
public final class FakeDaemon: Sendable {
    /// A request as it came.
    public struct Request: Sendable {
        /// The method.
        public let method: String
        /// The target without its version prefix.
        public let target: String
        /// The path of the target.
        public var path: String { String(target.prefix { $0 != "?" }) }
        /// The body.
        public let body: [UInt8]
    }

    /// What is answered.
    public struct Reply: Sendable {
        /// The status code.
        public var status: Int
        /// Headers beside `Content-Length`.
        public var headers: [(name: String, value: String)]
        /// The body.
        public var body: String
        /// Whether the answer never comes: the connection stays open and silent until the client goes.
        public var hangs = false
        /// Called before anything is sent.
        public var meanwhile: (@Sendable () -> Void)?

        /// An answer from its parts.
        public init(status: Int, headers: [(name: String, value: String)], body: String) {
            self.status = status
            self.headers = headers
            self.body = body
        }

        /// A JSON answer.
        public static func json(_ body: String, status: Int = 200) -> Reply {
            Reply(status: status, headers: [("Content-Type", "application/json")], body: body)
        }

        /// An answer in plain text.
        public static func text(_ body: String, status: Int = 200) -> Reply {
            Reply(status: status, headers: [("Content-Type", "text/plain")], body: body)
        }

        /// Silence.
        public static let silence: Reply = {
            var reply = Reply(status: 200, headers: [], body: "")
            reply.hangs = true
            return reply
        }()
    }

    /// What a test decides: `nil` leaves the answer to the daemon.
    public typealias Behaviour = @Sendable (Request) -> Reply?

    /// `unix:///tmp/…/s` or `tcp://127.0.0.1:port`.
    public var endpoint: String { server.endpoint }
    private let server: ScriptedServer
    private let log: Log

    private final class Log: Sendable {
        let lines = Mutex<[String]>([])
    }

    /// `METHOD target` of every request so far.
    public var requests: [String] { log.lines.withLock { $0 } }

    /// Listens.
    public init(
        _ place: ScriptedServer.Place = .unixSocket, product: String = "Engine", version: String = "28.5.0",
        behaviour: @escaping Behaviour = { _ in nil }
    ) throws {
        let log = Log()
        self.log = log
        server = try ScriptedServer(place) { connection in
            let request = try Self.read(connection)
            log.lines.withLock { $0.append("\(request.method) \(request.target)") }
            let reply = behaviour(request) ?? Self.usual(request, product: product, version: version)
            reply.meanwhile?()
            if reply.hangs {
                _ = try connection.readToEnd()
                return
            }
            try connection.write(Self.encode(reply, isHead: request.method == "HEAD"))
        }
    }

    /// Stops listening.
    public func stop() { server.stop() }

    private static func read(_ connection: ServerConnection) throws -> Request {
        let lines = try connection.readHead().split(separator: "\r\n").map(String.init)
        let words = (lines.first ?? "").split(separator: " ").map(String.init)
        let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.drop { $0 != ":" }.dropFirst().filter(\.isNumber)) }
        var target = words.count > 1 ? words[1] : "/"
        if target.hasPrefix("/v1.") { target = String(target.dropFirst().drop { $0 != "/" }) }
        return Request(method: words.first ?? "", target: target, body: try connection.read(length ?? 0))
    }

    private static func encode(_ reply: Reply, isHead: Bool) -> String {
        let headers = reply.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        return "HTTP/1.1 \(reply.status) -\r\n\(headers)Content-Length: \(reply.body.utf8.count)\r\n\r\n"
            + (isHead ? "" : reply.body)
    }

    private static func usual(_ request: Request, product: String, version: String) -> Reply {
        switch (request.method, request.path) {
        case (_, "/_ping"):
            var reply = Reply.text("OK")
            reply.headers += [("Api-Version", "1.51"), ("Ostype", "linux")]
            return reply
        case ("GET", "/version"):
            return .json(
                #"{"Components":[{"Name":"\#(product)","Version":"\#(version)"}],"Version":"\#(version)","ApiVersion":"1.51"}"#
            )
        case ("GET", "/info"):
            return .json(#"{"OSType":"linux","MemoryLimit":true,"SecurityOptions":["name=seccomp,profile=builtin"]}"#)
        case ("GET", "/containers/json"), ("GET", "/images/json"), ("GET", "/networks"): return .json("[]")
        case ("GET", "/volumes"): return .json(#"{"Volumes":[],"Warnings":null}"#)
        default: return .json(#"{"message":"page not found"}"#, status: 404)
        }
    }
}
