import DockerAPI
import RawJSON

/// Writes the head of a request, in the order in which Go's `net/http` writes it.
struct RequestSerializer {
    let userAgent: String
    let host: String
    let basePath: String
    let extraHeaders: [(name: String, value: String)]

    struct Serialized: Sendable {
        let method: String
        let target: String
        let head: [UInt8]
        let body: [UInt8]
        let isChunked: Bool
    }

    func serialize(_ request: EngineRequest, version: APIVersion?) throws(DockerClientError) -> Serialized {
        let target = request.rawTarget ?? Self.target(request, basePath: basePath, version: version)
        let (body, isStream) = Self.body(request.body)
        let length = isStream ? nil : body.count
        let headers = request.headersExactly ? request.headers : self.headers(request, length: length)
        try check(request, target: target, headers: headers)
        var text = "\(request.method) \(target) HTTP/1.1\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        text += "\r\n"
        return Serialized(
            method: request.method, target: target, head: Array(text.utf8), body: body,
            isChunked: isStream && !request.headersExactly)
    }

    private static func target(_ request: EngineRequest, basePath: String, version: APIVersion?) -> String {
        let prefix = version.map { "/v\($0)" } ?? ""
        let query = request.query.isEmpty ? "" : "?" + PercentEncoding.query(request.query)
        return basePath + prefix + request.path + query
    }

    private static func body(_ body: EngineRequest.Body) -> (bytes: [UInt8], isStream: Bool) {
        switch body {
        case .none: ([], false)
        case .bytes(let bytes): (bytes, false)
        case .json(let value): (value.line(.init(escapesHTML: true)), false)
        case .stream: ([], true)
        }
    }

    private func headers(_ request: EngineRequest, length: Int?) -> [(name: String, value: String)] {
        let expectsPayload = ["POST", "PUT", "PATCH"].contains(request.method)
        var own: [(name: String, value: String)] = [("Host", host), ("User-Agent", userAgent)]
        if let length {
            if length > 0 || expectsPayload { own.append(("Content-Length", String(length))) }
        } else {
            own.append(("Transfer-Encoding", "chunked"))
        }
        var rest = extraHeaders.filter { extra in !Self.contains(request.headers, extra.name) } + request.headers
        if request.upgrade == .tcp {
            if !Self.contains(rest, "Connection") { rest.append(("Connection", "Upgrade")) }
            if !Self.contains(rest, "Upgrade") { rest.append(("Upgrade", "tcp")) }
        }
        if !Self.contains(rest, "Content-Type") {
            if case .json = request.body {
                rest.append(("Content-Type", "application/json"))
            } else if request.method == "POST" || request.method == "PUT" {
                // docker's client names a type for every POST and PUT, also for an empty one.
                rest.append(("Content-Type", "text/plain"))
            }
        }
        own.removeAll { Self.contains(rest, $0.name) && $0.name != "Content-Length" && $0.name != "Transfer-Encoding" }
        let host = rest.filter { $0.name.lowercased() == "host" }
        let others = rest.filter { $0.name.lowercased() != "host" }
        return host + own + others.sorted { $0.name < $1.name }
    }

    private static func contains(_ headers: [(name: String, value: String)], _ name: String) -> Bool {
        headers.contains { $0.name.lowercased() == name.lowercased() }
    }

    private func check(
        _ request: EngineRequest, target: String, headers: [(name: String, value: String)]
    ) throws(DockerClientError) {
        let breaksLines: (String) -> Bool = { $0.utf8.contains { $0 == 0x0D || $0 == 0x0A || $0 == 0 } }
        guard !request.method.isEmpty, !breaksLines(request.method) else {
            throw .invalidRequest("the method \"\(request.method)\" cannot stand in a request line")
        }
        guard !target.isEmpty, !breaksLines(target) else {
            throw .invalidRequest("the target of \(request.method) is empty or has a line break in it")
        }
        for (name, value) in headers where name.isEmpty || breaksLines(name) || breaksLines(value) {
            throw .invalidRequest("the header \"\(name)\" is empty or has a line break in it")
        }
        guard !request.headersExactly else { return }
        guard target.hasPrefix("/"), target.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw .invalidRequest("the target \(target) must start with / and have no spaces; percent-encode it")
        }
    }
}
