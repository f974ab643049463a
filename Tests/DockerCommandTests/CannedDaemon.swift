import Foundation
import Synchronization
import TestSupport

/// A daemon that gives the answer a test has laid out for a path, the same each time, and notes what it was asked.
final class CannedDaemon: Sendable {
    struct Request: Sendable, Hashable, CustomStringConvertible {
        var line: String
        var auth: String?
        var body: String
        var description: String { [line, auth.map { "auth \($0)" }, body].compactMap { $0 }.joined(separator: " ") }
    }

    /// `unix:///…`
    let host: String
    private let server: ScriptedServer
    private let seen: Log

    private final class Log: Sendable {
        let requests = Mutex<[Request]>([])
    }

    /// - Parameter answers: bodies by `METHOD /path` without version and query; anything else is answered 404.
    init(_ answers: [String: String]) throws {
        let log = Log()
        seen = log
        server = try ScriptedServer { connection in
            while try Self.serve(connection, answers, log) {}
        }
        host = server.endpoint
    }

    /// What was asked so far, pings left out; asking starts the count anew.
    func takeRequests() -> [Request] {
        seen.requests.withLock { requests in
            defer { requests = [] }
            return requests
        }
    }

    func stop() { server.stop() }

    private static func serve(_ connection: ServerConnection, _ answers: [String: String], _ log: Log) throws -> Bool {
        guard let head = try? connection.readHead() else { return false }
        let lines = head.components(separatedBy: "\r\n")
        func header(_ name: String) -> String? {
            lines.first { $0.lowercased().hasPrefix(name + ":") }
                .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
        }
        let words = lines[0].components(separatedBy: " ")
        var body = ""
        if let length = header("content-length").flatMap({ Int($0) }), length > 0 {
            body = String(decoding: try connection.read(length), as: UTF8.self)
        }
        var path = words[1].components(separatedBy: "?")[0]
        if path.hasPrefix("/v1.") { path = "/" + path.split(separator: "/").dropFirst().joined(separator: "/") }
        if path != "/_ping" {
            let request = Request(line: "\(words[0]) \(words[1])", auth: header("x-registry-auth"), body: body)
            log.requests.withLock { $0.append(request) }
        }
        let answer = path == "/_ping" ? "OK" : answers["\(words[0]) \(path)"]
        let text = answer ?? #"{"message":"no such thing: \#(words[0]) \#(path)"}"#
        let type = path == "/_ping" ? "text/plain" : "application/json"
        try connection.write(
            "HTTP/1.1 \(answer == nil ? "404 Not Found" : "200 OK")\r\nApi-Version: 1.50\r\nOstype: linux\r\n"
                + "Content-Type: \(type)\r\nContent-Length: \(text.utf8.count)\r\n\r\n"
                + (words[0] == "HEAD" ? "" : text))
        return true
    }
}
