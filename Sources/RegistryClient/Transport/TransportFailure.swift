import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Turns what the HTTP client throws into the code and the words that docker has for it.
enum TransportFailure {
    static func describe(_ error: any Error, during title: String) -> RegistryError {
        switch error {
        case let error as RegistryError: error
        case is CancellationError: RegistryError(.cancelled, "\(title): context canceled")
        case let error as NIOConnectionError: connection(error, title)
        case let error as HTTPClientError: client(error, title)
        case let error as NIOSSLError: RegistryError(.unreachable, "\(title): tls: \(tls(error))")
        case is NIOSSLExtraError:
            RegistryError(.unreachable, "\(title): tls: failed to verify certificate: x509: \(error)")
        case let error as IOError:
            ioFailure(error, title)
        case is HTTPParserError: RegistryError(.unreachable, "\(title): EOF", isTransient: true)
        case is ChannelError: RegistryError(.unreachable, "\(title): i/o timeout")
        default: RegistryError(.unreachable, "\(title): \(error)")
        }
    }

    /// A failure to connect has its address in the request's title alone; docker names it once more.
    private static func ioFailure(_ error: IOError, _ title: String) -> RegistryError {
        let isConnecting = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT].contains(error.errnoCode)
        guard isConnecting else { return RegistryError(.unreachable, "\(title): \(reason(error))", isTransient: true) }
        let parts = title.split(separator: "\"")
        let origin = parts.count > 1 ? RegistryCaller.origin(String(parts[1])) : ""
        let authority = origin.split(separator: "/").last.map(String.init) ?? ""
        let (host, port) = HostPort.split(authority)
        let number = port ?? (origin.hasPrefix("https") ? 443 : 80)
        let shown = host.contains(":") ? "[\(host)]" : host
        return RegistryError(.unreachable, "\(title): dial tcp \(shown):\(number): connect: \(reason(error))")
    }

    private static func connection(_ error: NIOConnectionError, _ title: String) -> RegistryError {
        guard let failure = error.connectionErrors.first else {
            return RegistryError(.unreachable, "\(title): dial tcp: lookup \(error.host): no such host")
        }
        let address = failure.target.ipAddress.map { $0.contains(":") ? "[\($0)]" : $0 } ?? error.host
        let text =
            switch failure.error {
            case let error as IOError: "connect: \(reason(error))"
            case is ChannelError: "i/o timeout"
            default: "\(failure.error)"
            }
        return RegistryError(.unreachable, "\(title): dial tcp \(address):\(error.port): \(text)")
    }

    private static func reason(_ error: IOError) -> String {
        switch error.errnoCode {
        case ECONNREFUSED: "connection refused"
        case EHOSTUNREACH: "no route to host"
        case ENETUNREACH: "network is unreachable"
        case ETIMEDOUT: "connection timed out"
        case ECONNRESET: "connection reset by peer"
        case EPIPE: "broken pipe"
        default: String(cString: strerror(error.errnoCode))
        }
    }

    private static func client(_ error: HTTPClientError, _ title: String) -> RegistryError {
        switch error {
        case .cancelled: RegistryError(.cancelled, "\(title): context canceled")
        case .connectTimeout, .getConnectionFromPoolTimeout: RegistryError(.timedOut, "\(title): dial tcp: i/o timeout")
        case .tlsHandshakeTimeout: RegistryError(.timedOut, "\(title): net/http: TLS handshake timeout")
        case .readTimeout, .deadlineExceeded:
            RegistryError(
                .timedOut, "\(title): net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
                isTransient: true)
        case .remoteConnectionClosed, .uncleanShutdown:
            RegistryError(.unreachable, "\(title): EOF", isTransient: true)
        case .invalidURL, .emptyHost, .emptyScheme: RegistryError(.refused, "\(title): invalid URL")
        default: RegistryError(.unreachable, "\(title): \(error.shortDescription)")
        }
    }

    private static func tls(_ error: NIOSSLError) -> String {
        switch error {
        case .handshakeFailed(.sslError(let errors)):
            errors.first.map { "handshake failed: \($0)" } ?? "handshake failed"
        case .uncleanShutdown: "unexpected EOF"
        default: "\(error)"
        }
    }
}
