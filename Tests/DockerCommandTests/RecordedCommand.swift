import DockerAPI
import DockerClient
import DockerCommand
import Foundation
import RawJSON
import Synchronization
import TestSupport

/// One recording of docker's CLI: the command lines, every exchange with the daemon, and what was printed.
struct RecordedCommand: Sendable {
    struct Exchange: Sendable {
        var method: String
        var target: String
        var body: String
        var status: Int
        var headers: [(String, String)]
        var answer: String
    }

    /// A request as compared: bodies as JSON where they are.
    struct Request: Sendable, Hashable, CustomStringConvertible {
        var line: String
        var body: String
        var description: String { body.isEmpty ? line : "\(line) \(body)" }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recordings")

    var name: String
    var invocations: [(arguments: [String], isQuiet: Bool)]
    var stdin: String
    var now: Int64
    var exitCode: Int32
    var stdout: String
    var stderr: String
    var exchanges: [Exchange]

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }()

    init(_ name: String, directory: String, socket: String) throws {
        let raw = try String(contentsOf: Self.folder.appending(path: name + ".json"), encoding: .utf8)
        let text = raw.replacingOccurrences(of: "/recorded", with: directory)
            .replacingOccurrences(of: "unix:///run/recorded.sock", with: socket)
        let value = try JSONValue.parse(text)
        self.name = name
        invocations = (value["invocations"]?.array ?? []).map {
            (($0["arguments"]?.array ?? []).compactMap(\.string), $0["quiet"]?.bool == true)
        }
        stdin = value["stdin"]?.string ?? ""
        now = value["now"]?.int64 ?? 0
        exitCode = Int32(value["exit"]?.int64 ?? -1)
        stdout = value["stdout"]?.string ?? ""
        stderr = value["stderr"]?.string ?? ""
        exchanges = (value["exchanges"]?.array ?? []).map { exchange in
            Exchange(
                method: exchange["method"]?.string ?? "", target: exchange["target"]?.string ?? "",
                body: exchange["requestBody"]?.string ?? "", status: Int(exchange["status"]?.int64 ?? 0),
                headers: (exchange["responseHeaders"]?.object?.members ?? []).map { ($0.name, $0.value.string ?? "") },
                answer: exchange["body"]?.string ?? "")
        }
    }

    var requests: [Request] { exchanges.map { Self.request($0.method, $0.target, $0.body) } }

    /// A request without what may differ: archives are compared by name only, and docker's own order of
    /// binds and variables is random.
    static func request(_ method: String, _ target: String, _ body: String) -> Request {
        let isArchive = ["/archive?", "/images/load", "fromSrc="].contains { target.contains($0) }
        guard !isArchive, var value = try? JSONValue.parse(body) else {
            return Request(line: "\(method) \(target)", body: "")
        }
        if var object = value.object {
            object["Env"] = sorted(object["Env"])
            if var host = object["HostConfig"]?.object {
                host["Binds"] = sorted(host["Binds"])
                object["HostConfig"] = .object(host)
            }
            value = .object(object)
        }
        return Request(line: "\(method) \(target)", body: value.text())
    }
}

/// A list whose order docker's CLI does not keep from one run to the next.
private func sorted(_ list: JSONValue?) -> JSONValue? {
    guard let elements = list?.array else { return list }
    return .array(elements.sorted { ($0.string ?? "") < ($1.string ?? "") })
}

/// Plays the daemon of a recording.
final class ReplayServer: Sendable {
    private let waiting: Mutex<[RecordedCommand.Exchange]>
    private let seen = Mutex<[RecordedCommand.Request]>([])

    init(_ exchanges: [RecordedCommand.Exchange]) { waiting = Mutex(exchanges) }

    var requests: [RecordedCommand.Request] { seen.withLock { $0 } }

    func serve(_ connection: ServerConnection) throws {
        let lines = try connection.readHead().components(separatedBy: "\r\n")
        let words = lines[0].components(separatedBy: " ")
        func header(_ name: String) -> String? {
            lines.first { $0.lowercased().hasPrefix(name + ":") }.map {
                String($0.dropFirst(name.count + 1)).trimmingCharacters(in: .whitespaces)
            }
        }
        var body: [UInt8] = []
        if let length = header("content-length").flatMap({ Int($0) }) { body = try connection.read(length) }
        if header("transfer-encoding") != nil { body = try chunks(connection) }
        let request = RecordedCommand.request(words[0], words[1], String(decoding: body, as: UTF8.self))
        seen.withLock { $0.append(request) }
        let exchange = waiting.withLock { list -> RecordedCommand.Exchange? in
            guard let index = list.firstIndex(where: { $0.method == words[0] && $0.target == words[1] }) else {
                return nil
            }
            return list.remove(at: index)
        }
        guard let exchange else {
            let message = #"{"message":"not recorded: \#(lines[0])"}"#
            try connection.write(
                "HTTP/1.1 599 Not Recorded\r\nContent-Type: application/json\r\nContent-Length: \(message.utf8.count)\r\n\r\n\(message)"
            )
            return
        }
        try answer(exchange, connection)
    }

    private func answer(_ exchange: RecordedCommand.Exchange, _ connection: ServerConnection) throws {
        let payload = bytes(exchange.answer)
        var head = "HTTP/1.1 \(exchange.status) Recorded\r\n"
        for (name, value) in exchange.headers { head += "\(name): \(value)\r\n" }
        if exchange.status == 101 {
            try connection.write(head + "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
            try connection.write(payload)
            connection.endWriting()
            try connection.readToEnd()
            return
        }
        let hasBody = exchange.method != "HEAD" && exchange.status != 204 && exchange.status != 304
        try connection.write(head + (hasBody ? "Content-Length: \(payload.count)\r\n\r\n" : "\r\n"))
        if hasBody { try connection.write(payload) }
    }

    private func bytes(_ text: String) -> [UInt8] {
        guard text.hasPrefix("latin1:") else { return Array(text.utf8) }
        return text.dropFirst(7).unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    private func chunks(_ connection: ServerConnection) throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            var line: [UInt8] = []
            while !line.suffix(2).elementsEqual([13, 10]) { line += try connection.read(1) }
            let size = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16) ?? 0
            body += try connection.read(size)
            _ = try connection.read(2)
            if size == 0 { return body }
        }
    }
}

/// What a replayed command printed.
final class Printed: Sendable {
    private let text = Mutex<(out: [UInt8], error: [UInt8])>(([], []))
    func out(_ bytes: [UInt8]) { text.withLock { $0.out += bytes } }
    func error(_ bytes: [UInt8]) { text.withLock { $0.error += bytes } }
    var stdout: String { text.withLock { String(decoding: $0.out, as: UTF8.self) } }
    var stderr: String { text.withLock { String(decoding: $0.error, as: UTF8.self) } }
}
