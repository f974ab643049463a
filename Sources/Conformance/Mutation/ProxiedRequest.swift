import RawJSON
import Scenario

/// A request on its way to the daemon: its head, and its body where that is one JSON document that has come whole.
struct ProxiedRequest: Sendable {
    let method: String
    /// Path with version, without query.
    let path: String
    /// Parameters as they stand in the target, percent-encoded.
    var query: [(name: String, value: String)]
    var headers: [(name: String, value: String)]
    var document: JSONValue?
    /// What of the body is not read as a document.
    private var rest: [UInt8]
    /// The operation of the Engine API that it asks for.
    let operation: Operation?

    private static let maximumHeadBytes = 256 << 10
    private static let maximumDocumentBytes = 4 << 20

    /// Reads a head, and a JSON body with its length.
    ///
    /// - Returns: the request, and the bytes that were read of it; no request where they are none.
    static func read(from descriptor: Int32) -> (request: ProxiedRequest?, raw: [UInt8]) {
        var raw: [UInt8] = []
        while true {
            if let end = headEnd(raw) {
                guard var request = ProxiedRequest(head: raw[..<end]) else { return (nil, raw) }
                if let length = request.documentBytes {
                    while raw.count < end + length, let more = BlockingSocket.receive(descriptor) { raw += more }
                    request.take(body: raw[end...], length: length)
                } else {
                    request.rest = Array(raw[end...])
                }
                return (request, raw)
            }
            guard raw.count < maximumHeadBytes, let more = BlockingSocket.receive(descriptor) else { return (nil, raw) }
            raw += more
        }
    }

    init?(head: some Collection<UInt8>) {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { return nil }
        method = String(words[0])
        let target = words[1].split(separator: "?", maxSplits: 1)
        path = target.first.map(String.init) ?? "/"
        query = (target.count > 1 ? target[1] : "").split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (parts[0], parts.count > 1 ? parts[1] : "")
        }
        headers = lines.dropFirst().compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            return parts.count == 2 ? (parts[0], String(parts[1].drop { $0 == " " })) : nil
        }
        rest = []
        operation = EngineOperation.find(method: method, path: path)
    }

    /// The value of the first header of that name, in any casing.
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Whether the parameter stands in the query.
    func asks(_ name: String) -> Bool { query.contains { $0.name == name } }

    var bytes: [UInt8] {
        var body = rest
        var headers = headers
        if let document {
            body = document.line(.init(escapesHTML: true))
            headers.removeAll { $0.name.lowercased() == "content-length" }
            headers.append(("Content-Length", String(body.count)))
        }
        let parameters = query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        let target = parameters.isEmpty ? path : "\(path)?\(parameters)"
        let lines = ["\(method) \(target) HTTP/1.1"] + headers.map { "\($0.name): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }

    private var documentBytes: Int? {
        guard header("Content-Type")?.hasPrefix("application/json") ?? false,
            let length = header("Content-Length").flatMap({ Int($0) }), (1...Self.maximumDocumentBytes).contains(length)
        else { return nil }
        return length
    }

    private mutating func take(body: ArraySlice<UInt8>, length: Int) {
        // A body that is no JSON is the scenario's point, and passes as it is.
        if body.count == length, let value = try? JSONValue.parse(Array(body)) {
            document = value
        } else {
            rest = Array(body)
        }
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...(bytes.count - 4)).first { bytes[$0..<$0 + 4].elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]) }.map {
            $0 + 4
        }
    }
}
