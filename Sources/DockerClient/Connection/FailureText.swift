import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Errors of NIO and the TLS library as reasons and words.
enum FailureText {
    static func unreachable(
        _ error: any Error, host: String?, deadline: Duration
    ) -> DockerClientError.UnreachableReason {
        switch error {
        case let error as IOError: return reason(errno: error.errnoCode)
        case let error as NIOConnectionError:
            // An address that refuses says more than another that is unreachable.
            let reasons = error.connectionErrors.map { unreachable($0.error, host: nil, deadline: deadline) }
            if reasons.contains(.refused) { return .refused }
            if let first = reasons.first { return first }
            return .unknownHost(host ?? error.host)
        case ChannelError.connectTimeout: return .deadline(deadline)
        case let error as SocketAddressError:
            if case .unknown(let host, _) = error { return .unknownHost(host) }
            return .other(String(describing: error))
        default: return .other(String(describing: error))
        }
    }

    static func system(_ error: any Error) -> String {
        if let error = error as? IOError { return text(errno: error.errnoCode) }
        return String(describing: error)
    }

    /// The words of a TLS failure, `nil` where the error is of another kind.
    static func tls(_ error: any Error) -> String? {
        switch error {
        case let error as NIOSSLExtraError: String(describing: error)
        case NIOSSLError.handshakeFailed(let inner): String(describing: inner)
        case let error as NIOSSLError: String(describing: error)
        case let error as BoringSSLError: String(describing: error)
        default: nil
        }
    }

    private static func reason(errno code: CInt) -> DockerClientError.UnreachableReason {
        switch code {
        case ENOENT: .noSuchFile
        case EACCES, EPERM: .permissionDenied
        case ECONNREFUSED: .refused
        case EAGAIN: .queueFull
        default: .other(text(errno: code))
        }
    }

    private static func text(errno code: CInt) -> String {
        String(cString: strerror(code)).lowercased()
    }
}
