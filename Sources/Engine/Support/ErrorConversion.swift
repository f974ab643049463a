import ImageStore
import LinuxKernel
import BridgeNetwork
import RegistryClient

extension EngineError {
    /// An image store's error, as the API shows it.
    init(_ error: ImageStoreError) {
        let code: Code =
            switch error.code {
            case .notFound: .notFound
            case .conflict: .conflict
            case .invalidArgument, .unsupported: .invalidArgument
            case .unauthorized, .denied, .rateLimited, .unavailable, .unreachable: .system
            case .cancelled: .cancelled
            default: .system
            }
        self.init(code, error.message)
    }

    /// A registry's error, as the API shows it.
    init(_ error: RegistryError) {
        let code: Code =
            switch error.code {
            case .notFound: .notFound
            case .unauthorized: .unauthorized
            case .denied: .forbidden
            case .refused, .unsupported: .invalidArgument
            case .cancelled: .cancelled
            default: .system
            }
        self.init(code, error.message)
    }

    /// A network's error, as the API shows it.
    init(_ error: NetworkError) {
        self.init(error.code == .invalidArgument ? .invalidArgument : .system, error.message)
    }

    /// Any error of the kernel's side.
    init(system error: some Error) { self.init(.system, "\(error)") }
}
