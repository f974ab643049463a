import Engine
import Glibc
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
            "name": .string(name), "size": .integer(size), "mode": .integer(GoFileMode.bits(of: mode)),
            "mtime": .moment(modified), "linkTarget": .string(linkTarget),
        ]
        return ["X-Docker-Container-Path-Stat": Base64.encode(json.bytes())]
    }
}

/// Go's `os.FileMode`, which docker writes where others write `st_mode`.
enum GoFileMode {
    private static let kinds: [UInt32: UInt32] = [
        S_IFDIR: 1 << 31, S_IFLNK: 1 << 27, S_IFBLK: 1 << 26, S_IFIFO: 1 << 25, S_IFSOCK: 1 << 24,
        S_IFCHR: 1 << 26 | 1 << 21,
    ]

    /// The bits of a mode of stat(2).
    static func bits(of mode: UInt32) -> UInt32 {
        var bits = mode & 0o777 | (kinds[mode & S_IFMT] ?? 0)
        if mode & 0o4000 != 0 { bits |= 1 << 23 }
        if mode & 0o2000 != 0 { bits |= 1 << 22 }
        if mode & 0o1000 != 0 { bits |= 1 << 20 }
        return bits
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
