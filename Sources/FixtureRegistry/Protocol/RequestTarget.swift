/// Where a request goes: `/v2/CASE[/MODE...]/IMAGE/…` taken apart (distribution-spec, Endpoints).
struct RequestTarget: Sendable {
    enum Kind: Sendable, Hashable {
        case ping
        case manifest(reference: String)
        case blob(digest: String)
        case newUpload
        case upload(id: String)
        case tags
        /// Not of the distribution protocol: `/_drydock/NAME/…`.
        case control(name: String, rest: [String])
        case unknown
    }

    let kind: Kind
    /// All of the repository's name: `CASE/slow/nginx`.
    var repository = ""
    /// The first component of the name.
    var `case` = ""
    /// The modes between the case and the image.
    var modes: Set<Mode> = []
    /// What follows the modes: `nginx`.
    var image = ""
    /// The query's parameters.
    let query: [String: String]

    init(uri: String) {
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        query = Self.parameters(parts.count > 1 ? parts[1] : "")
        let path = parts[0].split(separator: "/").map { Self.decoded(String($0)) }
        switch path.first {
        case "_drydock" where path.count > 1: kind = .control(name: path[1], rest: Array(path.dropFirst(2)))
        case "v2" where path.count == 1: kind = .ping
        case "v2" where path.count >= 4:
            let (kind, name) = Self.endpoint(Array(path.dropFirst()))
            self.kind = kind
            setRepository(name)
        default: kind = .unknown
        }
    }

    private static func endpoint(_ path: [String]) -> (Kind, [String]) {
        let last = path[path.count - 1]
        switch (path[path.count - 2], last) {
        case ("manifests", _): return (.manifest(reference: last), Array(path.dropLast(2)))
        case ("tags", "list"): return (.tags, Array(path.dropLast(2)))
        case ("blobs", "uploads"): return (.newUpload, Array(path.dropLast(2)))
        case ("blobs", _): return (.blob(digest: last), Array(path.dropLast(2)))
        case ("uploads", _) where path.count > 3 && path[path.count - 3] == "blobs":
            return (.upload(id: last), Array(path.dropLast(3)))
        default: return (.unknown, [])
        }
    }

    private mutating func setRepository(_ name: [String]) {
        repository = name.joined(separator: "/")
        `case` = name.first ?? ""
        var rest = name.dropFirst()
        while rest.count > 1, let mode = rest.first.flatMap(Mode.init(rawValue:)) {
            modes.insert(mode)
            rest = rest.dropFirst()
        }
        image = rest.joined(separator: "/")
    }

    private static func parameters(_ text: String) -> [String: String] {
        var parameters: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            parameters[decoded(parts[0])] = parts.count > 1 ? decoded(parts[1]) : ""
        }
        return parameters
    }

    private static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        let source = Array(text.utf8)
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%"), index + 2 < source.count,
                let byte = UInt8(String(decoding: source[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                bytes.append(byte)
                index += 3
            } else {
                bytes.append(source[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : source[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
