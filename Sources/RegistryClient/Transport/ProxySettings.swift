#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The proxies that registries are reached through: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, as Go, and so dockerd,
/// reads them.
public struct ProxySettings: Sendable, Hashable {
    /// The proxy for `http` URLs; empty is none.
    public var http: String
    /// The proxy for `https` URLs; empty is none.
    public var https: String
    /// Hosts that are reached without one: `*`, addresses, ranges, `example.com` (with its subdomains), `.example.com`
    /// (its subdomains alone), each with an optional port, separated by commas.
    public var exceptions: String

    /// Settings by parts; without any, everything is reached directly.
    public init(http: String = "", https: String = "", exceptions: String = "") {
        self.http = http
        self.https = https
        self.exceptions = exceptions
    }

    /// What the environment says; the upper-case names come first.
    public init(environment: [String: String]) {
        func value(_ name: String) -> String {
            [name, name.lowercased()].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        }
        self.init(http: value("HTTP_PROXY"), https: value("HTTPS_PROXY"), exceptions: value("NO_PROXY"))
    }

    /// What this process's environment says.
    public static var process: ProxySettings { ProxySettings(environment: ProcessInfo.processInfo.environment) }

    /// The proxy for a URL's scheme and authority; `nil` where none is to be used.
    ///
    /// - Throws: `refused` for a proxy that cannot be spoken to.
    func proxy(scheme: String, authority: String) throws(RegistryError) -> Proxy? {
        let text = scheme == "https" ? https : http
        let (name, port) = HostPort.split(authority)
        guard !text.isEmpty, !isExcepted(name.lowercased(), port ?? (scheme == "https" ? 443 : 80)) else { return nil }
        return try Proxy(parsing: text)
    }

    private func isExcepted(_ host: String, _ port: Int) -> Bool {
        if host == "localhost" || InsecureHosts([]).contains(host.contains(":") ? "[\(host)]" : host) { return true }
        let address = AddressRange.bytes(of: host)
        for word in exceptions.lowercased().split(whereSeparator: { $0 == "," || $0 == " " }) {
            if word == "*" { return true }
            if let range = AddressRange(parsing: String(word)) {
                if let address, range.contains(address) { return true }
                continue
            }
            let isAddress = AddressRange.bytes(of: String(word)) != nil
            let (name, wanted) = isAddress ? (String(word), nil) : HostPort.split(String(word))
            guard wanted == nil || wanted == port else { continue }
            if let address {
                if AddressRange.bytes(of: name) == address { return true }
                continue
            }
            let domain = name.hasPrefix("*.") ? String(name.dropFirst()) : name
            if domain.hasPrefix(".") ? host.hasSuffix(domain) : host == domain || host.hasSuffix("." + domain) {
                return true
            }
        }
        return false
    }
}

/// One proxy.
struct Proxy: Sendable, Hashable {
    var host: String
    var port: Int
    var isSOCKS = false
    var user: String?
    var password = ""

    /// Reads `http://user:password@host:port`, `socks5://host:port` or `host:port`.
    init(parsing text: String) throws(RegistryError) {
        let fault = RegistryError(
            .refused,
            "the proxy \"\(Self.withoutUser(text))\" is not one to be used: http://HOST:PORT or socks5://HOST:PORT")
        var rest = Substring(text)
        var scheme = "http"
        if let mark = Self.range(of: "://", in: rest) {
            scheme = rest[..<mark.lowerBound].lowercased()
            rest = rest[mark.upperBound...]
        }
        guard ["http", "socks5", "socks5h"].contains(scheme) else { throw fault }
        isSOCKS = scheme != "http"
        rest = rest.prefix { $0 != "/" }
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = parts.first.map { Self.decoded($0) }
            password = parts.count == 2 ? Self.decoded(parts[1]) : ""
            rest = rest[rest.index(after: at)...]
        }
        let (name, number) = HostPort.split(String(rest))
        guard !name.isEmpty else { throw fault }
        host = name
        port = number ?? (isSOCKS ? 1080 : 80)
    }

    private static func range(of mark: String, in text: Substring) -> Range<Substring.Index>? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix(mark) { return index..<text.index(index, offsetBy: mark.count) }
            index = text.index(after: index)
        }
        return nil
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            if byte == UInt8(ascii: "%"), digits.utf8.count == 2, let value = UInt8(digits, radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text with its user and password left out, for messages.
    private static func withoutUser(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        return "…" + text[at...]
    }
}
