/// Where a Docker-compatible daemon listens: a Unix socket or a TCP port, with or without TLS.
///
/// The text forms are those of `docker --host` and `DOCKER_HOST`: `unix:///var/run/docker.sock`,
/// `tcp://127.0.0.1:2375`; `http://` and `https://` are understood as well.
public struct EndpointURL: Sendable, Hashable, CustomStringConvertible {
    /// How the bytes travel.
    public enum Transport: Sendable, Hashable {
        /// A Unix stream socket; a path without `/` before it starts at the working directory.
        case unix(path: String)
        /// A TCP port; the host is a name, an IPv4 address, or an IPv6 address without brackets.
        case tcp(host: String, port: Int)
    }

    /// The socket docker's CLI uses when nothing is configured.
    public static let dockerDefault = EndpointURL(transport: .unix(path: defaultSocketPath))

    /// The longest path `sockaddr_un` carries on Linux, without the final NUL (unix(7)).
    public static let maximumSocketPathBytes = 107

    static let defaultSocketPath = "/var/run/docker.sock"
    static let defaultHost = "localhost"
    static let plainPort = 2375
    static let tlsPort = 2376

    /// How the bytes travel.
    public var transport: Transport
    /// Whether the text itself asked for TLS (`https://`). `tcp://` leaves that to the TLS configuration beside it.
    public var usesTLS: Bool
    /// The path before every request path, without a trailing `/`: `/prefix` of `tcp://host:2375/prefix`, usually empty.
    public var basePath: String

    /// An endpoint from its parts.
    public init(transport: Transport, usesTLS: Bool = false, basePath: String = "") {
        self.transport = transport
        self.usesTLS = usesTLS
        self.basePath = basePath
    }

    /// Reads the text of `--host`. Without a scheme it is `tcp://`; a missing TCP host is `localhost`, a missing port
    /// 2375 (2376 for `https`), a missing socket path `/var/run/docker.sock`, as docker's CLI fills them in.
    ///
    /// - Throws: `EndpointURLError`, naming the text and what is accepted.
    public init(parsing text: String) throws(EndpointURLError) {
        let text = text.trimmingASCIIWhiteSpace
        guard !text.isEmpty else { throw EndpointURLError(text: text, reason: .empty) }
        let (scheme, rest) = Self.splitScheme(text)
        switch scheme {
        case "unix": self = try Self.socket(rest, text: text)
        case "tcp", "http": self = try Self.port(rest, text: text, usesTLS: false)
        case "https": self = try Self.port(rest, text: text, usesTLS: true)
        case "ssh", "npipe", "fd": throw EndpointURLError(text: text, reason: .unsupportedScheme(scheme))
        default: throw EndpointURLError(text: text, reason: .unknownScheme(scheme))
        }
    }

    /// The endpoint as `unix:///path`, `tcp://host:port` or `https://host:port`.
    public var description: String {
        switch transport {
        case .unix(let path): "unix://\(path)"
        case .tcp(let host, let port):
            "\(usesTLS ? "https" : "tcp")://\(host.contains(":") ? "[\(host)]" : host):\(port)\(basePath)"
        }
    }

    private static func splitScheme(_ text: String) -> (scheme: String, rest: Substring) {
        var rest = text[...]
        while let colon = rest.firstIndex(of: ":") {
            if text[colon...].hasPrefix("://") {
                return (text[..<colon].lowercased(), text[text.index(colon, offsetBy: 3)...])
            }
            rest = rest[rest.index(after: colon)...]
        }
        return ("tcp", text[...])
    }

    private static func socket(_ path: Substring, text: String) throws(EndpointURLError) -> EndpointURL {
        let path = path.isEmpty ? defaultSocketPath : String(path)
        guard path.utf8.count <= maximumSocketPathBytes, !path.utf8.contains(0) else {
            throw EndpointURLError(text: text, reason: .socketPathTooLong(bytes: path.utf8.count))
        }
        return EndpointURL(transport: .unix(path: path))
    }

    private static func port(_ rest: Substring, text: String, usesTLS: Bool) throws(EndpointURLError) -> EndpointURL {
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var basePath = String(rest[slash...])
        while basePath.hasSuffix("/") { basePath.removeLast() }
        let isPathByte: (UInt8) -> Bool = { $0 > 0x20 && $0 != 0x7F && !"?#".utf8.contains($0) }
        guard basePath.utf8.allSatisfy(isPathByte) else {
            throw EndpointURLError(text: text, reason: .invalidHost(basePath))
        }
        let (host, portText) = try splitAuthority(rest[..<slash], text: text)
        guard host.utf8.allSatisfy(isHostByte) else { throw EndpointURLError(text: text, reason: .invalidHost(host)) }
        var port = usesTLS ? tlsPort : plainPort
        if let portText, !portText.isEmpty {
            guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(portText),
                (1...65535).contains(number)
            else { throw EndpointURLError(text: text, reason: .invalidPort(String(portText))) }
            port = number
        }
        let transport = Transport.tcp(host: host.isEmpty ? defaultHost : host, port: port)
        return EndpointURL(transport: transport, usesTLS: usesTLS, basePath: basePath)
    }

    private static func splitAuthority(
        _ authority: Substring, text: String
    ) throws(EndpointURLError) -> (host: String, port: Substring?) {
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else {
                throw EndpointURLError(text: text, reason: .invalidHost(String(authority)))
            }
            let host = String(authority[authority.index(after: authority.startIndex)..<bracket])
            let after = authority[authority.index(after: bracket)...]
            guard after.isEmpty || after.hasPrefix(":") else {
                throw EndpointURLError(text: text, reason: .invalidHost(String(authority)))
            }
            return (host, after.isEmpty ? nil : after.dropFirst())
        }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { throw EndpointURLError(text: text, reason: .invalidHost(String(authority))) }
        return (String(parts.first ?? ""), parts.count == 2 ? parts[1] : nil)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: ":"), UInt8(ascii: "%"):
            true
        default: byte >= 0x80
        }
    }
}

/// Why a text is not an endpoint this client can reach.
public struct EndpointURLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was wrong.
    public enum Reason: Sendable, Hashable {
        /// Nothing was given.
        case empty
        /// A scheme docker's CLI knows and this client does not speak: `ssh`, `npipe` or `fd`.
        case unsupportedScheme(String)
        /// A scheme nobody knows.
        case unknownScheme(String)
        /// A socket path longer than the kernel accepts.
        case socketPathTooLong(bytes: Int)
        /// A host that is no name and no address.
        case invalidHost(String)
        /// A port outside 1 to 65535.
        case invalidPort(String)
    }

    /// The text as given.
    public let text: String
    /// What was wrong.
    public let reason: Reason

    /// An error about `text`.
    public init(text: String, reason: Reason) {
        self.text = text
        self.reason = reason
    }

    /// One sentence: the text, what is wrong with it, and what would be right.
    public var description: String {
        let accepted = "use unix:///path/to/docker.sock or tcp://host:port"
        return switch reason {
        case .empty: "the host is empty; \(accepted)"
        case .unsupportedScheme("ssh"):
            "\(text): ssh:// is not supported; forward the socket first (ssh -L /tmp/docker.sock:/var/run/docker.sock) "
                + "and use unix:///tmp/docker.sock"
        case .unsupportedScheme(let scheme): "\(text): \(scheme):// cannot be reached from here; \(accepted)"
        case .unknownScheme(let scheme): "\(text): unknown scheme \(scheme)://; \(accepted)"
        case .socketPathTooLong(let bytes):
            "\(text): the socket path has \(bytes) bytes, and the kernel takes "
                + "\(EndpointURL.maximumSocketPathBytes) at most; use a shorter path or a symbolic link"
        case .invalidHost(let host): "\(text): \"\(host)\" is not a host name or address; \(accepted)"
        case .invalidPort(let port): "\(text): \"\(port)\" is not a port; ports go from 1 to 65535"
        }
    }
}

extension String {
    /// The text without spaces, tabs and line ends around it.
    var trimmingASCIIWhiteSpace: String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard let first = utf8.firstIndex(where: { !isSpace($0) }), let last = utf8.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(self[first...last])
    }
}
