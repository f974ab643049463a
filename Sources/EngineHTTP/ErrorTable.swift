import Engine
import NIOHTTP1

extension EngineError.Code {
    /// The one table from fault to status (Engine API 1.51, every operation's `responses`).
    var status: HTTPResponseStatus {
        switch self {
        case .notFound: .notFound
        case .conflict: .conflict
        case .invalidArgument: .badRequest
        case .notModified: .notModified
        case .forbidden: .forbidden
        case .unauthorized: .unauthorized
        case .notImplemented: .notImplemented
        case .unavailable: .serviceUnavailable
        case .cancelled, .system: .internalServerError
        }
    }
}
