import Engine
import NIOHTTP1
import OCI
import RawJSON

extension Route {
    /// `HEAD /containers/{id}/archive`
    static func headArchive(_ engine: Engine) -> Route {
        Route(.HEAD, "/containers/{id}/archive") { call in
            Reply(.ok, headers: try await engine.pathStatus(call.name, path: try call.archivePath()).headers)
        }
    }
}

extension PathStatus {
    /// `X-Docker-Container-Path-Stat`: base64 of JSON.
    var headers: HTTPHeaders {
        let json: JSONValue = [
            "name": .string(name), "size": .integer(size), "mode": .integer(mode),
            "mtime": .moment(Timestamp(nanosecondsSince1970: modified)), "linkTarget": .string(linkTarget),
        ]
        return ["X-Docker-Container-Path-Stat": Base64.encode(Array(json.text().utf8))]
    }
}

/// Base64 in its usual alphabet (RFC 4648, section 4).
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << ((3 - group.count) * 8)
            for index in 0..<4 {
                output.append(index <= group.count ? alphabet[bits >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
