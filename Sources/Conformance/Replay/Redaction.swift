/// Hides credentials in what went over the wire, byte for byte of the same length so that offsets and sizes stay true.
enum Redaction {
    private static let headers = [
        "authorization", "proxy-authorization", "x-registry-auth", "x-registry-config", "cookie", "set-cookie",
    ]
    private static let members = [
        "password", "identitytoken", "registrytoken", "auth", "token", "access_token", "refresh_token", "secret",
    ]

    /// The bytes with the values of credential headers and JSON members replaced by `*`.
    static func masked(_ bytes: [UInt8]) -> [UInt8] {
        var output = bytes
        maskHeaders(&output)
        for name in members { maskMember(name, &output) }
        return output
    }

    /// Masks text, for command lines: the value of `-p`/`--password`.
    static func masked(arguments: [String]) -> [String] {
        var output = arguments
        for index in arguments.indices {
            if arguments[index].hasPrefix("--password=") { output[index] = "--password=***" }
            if index > 0, arguments[index - 1] == "--password" { output[index] = "***" }
        }
        return output
    }

    private static func maskHeaders(_ bytes: inout [UInt8]) {
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            if let colon = bytes[start..<end].firstIndex(of: UInt8(ascii: ":")), colon - start < 32 {
                let name = String(decoding: bytes[start..<colon], as: UTF8.self).lowercased()
                if headers.contains(name) {
                    for index in (colon + 1)..<end where bytes[index] > 0x20 { bytes[index] = UInt8(ascii: "*") }
                }
            }
            start = end + 1
        }
    }

    private static func maskMember(_ name: String, _ bytes: inout [UInt8]) {
        let pattern = Array("\"\(name)\"".utf8)
        var index = 0
        while index + pattern.count < bytes.count {
            guard bytes[index] == 0x22, matches(pattern, bytes, at: index) else {
                index += 1
                continue
            }
            index += pattern.count
            while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ":")].contains(bytes[index]) { index += 1 }
            guard index < bytes.count, bytes[index] == 0x22 else { continue }
            index += 1
            while index < bytes.count, bytes[index] != 0x22 {
                if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count {
                    bytes[index] = UInt8(ascii: "*")
                    index += 1
                }
                bytes[index] = UInt8(ascii: "*")
                index += 1
            }
        }
    }

    private static func matches(_ pattern: [UInt8], _ bytes: [UInt8], at index: Int) -> Bool {
        for offset in pattern.indices {
            let byte = bytes[index + offset]
            let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            if lower != pattern[offset] { return false }
        }
        return true
    }
}
