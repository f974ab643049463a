import DockerClient

/// Status line and headers of an answer on its way to the client.
struct AnswerHead: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]
    private let original: ResponseHead

    init(_ head: ResponseHead) {
        original = head
        status = head.status
        headers = head.headers
    }

    /// The value of the first header of that name, in any casing.
    subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Removes all headers of that name.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    mutating func remove(_ name: String) -> Bool {
        let count = headers.count
        headers.removeAll { $0.name.lowercased() == name.lowercased() }
        return headers.count < count
    }

    mutating func set(_ name: String, _ value: String) {
        remove(name)
        headers.append((name, value))
    }

    var isJSON: Bool { self["Content-Type"]?.hasPrefix("application/json") ?? false }
    var isMultiplexed: Bool { original.streamFormat == .multiplexed }
    var isChunked: Bool { self["Transfer-Encoding"]?.lowercased() == "chunked" }

    var bytes: [UInt8] {
        let reason = status == original.status ? original.reason : Self.reason(status)
        let lines = ["\(original.httpVersion) \(status) \(reason)"] + headers.map { "\($0.name): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// The reason phrases of RFC 9110 that a daemon may give.
    static func reason(_ status: Int) -> String {
        switch status {
        case 101: "UPGRADED"
        case 200: "OK"
        case 201: "Created"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 409: "Conflict"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        default: "Status"
        }
    }
}
