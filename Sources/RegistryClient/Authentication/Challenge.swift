/// One challenge of a `WWW-Authenticate` header: `Bearer realm="…",service="…",scope="…"` (RFC 9110 section 11.6.1).
struct Challenge: Sendable, Hashable {
    /// The scheme in lower case: `basic`, `bearer`.
    var scheme: String
    /// The parameters, names in lower case.
    var parameters: [String: String]

    /// The challenges of all headers of that name, in order; malformed ones end the list.
    static func parse(_ headers: [String]) -> [Challenge] {
        headers.flatMap { header in
            var scanner = Scanner(rest: Array(header.utf8)[...])
            return scanner.challenges()
        }
    }

    private struct Scanner {
        var rest: ArraySlice<UInt8>

        mutating func challenges() -> [Challenge] {
            var list: [Challenge] = []
            while true {
                skip { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\t") }
                guard let word = token() else { return list }
                skip { $0 == UInt8(ascii: " ") }
                if rest.first == UInt8(ascii: "="), !list.isEmpty {
                    rest.removeFirst()
                    skip { $0 == UInt8(ascii: " ") }
                    guard let value = value() else { return list }
                    list[list.count - 1].parameters[word.lowercased()] = value
                } else {
                    list.append(Challenge(scheme: word.lowercased(), parameters: [:]))
                }
            }
        }

        private mutating func skip(while condition: (UInt8) -> Bool) { rest = rest.drop(while: condition) }

        private mutating func token() -> String? {
            let token = rest.prefix { byte in
                byte > 0x20 && byte < 0x7F && !"()<>@,;:\\\"/[]?={}".utf8.contains(byte)
            }
            guard !token.isEmpty else { return nil }
            rest = rest.dropFirst(token.count)
            return String(decoding: token, as: UTF8.self)
        }

        private mutating func value() -> String? {
            guard rest.first == UInt8(ascii: "\"") else { return token() }
            rest.removeFirst()
            var text: [UInt8] = []
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
                if byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() {
                    text.append(escaped)
                } else {
                    text.append(byte)
                }
            }
            return nil
        }
    }
}

/// Percent-encoding of query and form values (RFC 3986 section 2.3).
enum PercentEncoding {
    static func encode(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let scalar = Character(UnicodeScalar(byte))
            if scalar.isASCII, scalar.isLetter || scalar.isNumber || "-._~".contains(scalar) {
                result.append(scalar)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }

    static func query(_ pairs: [(String, String)]) -> String {
        pairs.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&")
    }
}
