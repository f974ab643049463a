import Engine
import Logging
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

/// From what an operation throws to what the client sees.
enum ErrorTable {
    /// The answer to a fault.
    static func reply(to error: any Error, logger: Logger) -> Reply {
        switch error {
        case let error as EngineError:
            if error.code == .notModified { return Reply(.notModified) }
            if error.code == .system { logger.error("\(error.message)") }
            return .failure(error.code.status, error.message)
        case let error as BadRequest: return .failure(error.status, error.description)
        case is CancellationError: return .failure(.internalServerError, "context canceled")
        case let error as UploadFault: return .failure(.badRequest, error.description)
        default:
            logger.error("an operation failed", metadata: ["error": "\(error)"])
            return .failure(.internalServerError, "\(error)")
        }
    }
}
