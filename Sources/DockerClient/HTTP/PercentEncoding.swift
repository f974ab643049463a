/// Percent-encoding as Go's `net/url` does it, so that a request reads byte for byte as docker's CLI sends it.
enum PercentEncoding {
    static let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~".utf8)
    static let pathSegment = unreserved.union("$&+:=@".utf8)

    static func encode(_ text: String, keeping kept: Set<UInt8>) -> String {
        var output = ""
        for byte in text.utf8 {
            if kept.contains(byte) {
                output.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                output += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return output
    }

    /// `name=value&…`; a space becomes `+`.
    static func query(_ parameters: [(name: String, value: String)]) -> String {
        parameters.map { "\(component($0.name))=\(component($0.value))" }.joined(separator: "&")
    }

    private static func component(_ text: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map { encode(String($0), keeping: unreserved) }
            .joined(separator: "+")
    }
}
