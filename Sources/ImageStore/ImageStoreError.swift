import DockerAPI
import OCI
import RegistryClient

/// Why an image operation failed: a code to act on and the sentence that docker shows.
public struct ImageStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of fault it is; new kinds may be added without breaking callers.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case notFound, conflict, invalidArgument, corrupt, limitExceeded, unsupported, system, cancelled
            case unauthorized, denied, rateLimited, unavailable, unreachable
        }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// No such image, here or in the registry.
        public static let notFound = Code(.notFound)
        /// The image is in use or named more than once.
        public static let conflict = Code(.conflict)
        /// A reference, platform or filter that is none.
        public static let invalidArgument = Code(.invalidArgument)
        /// Bytes that are not what their digest, size or format says.
        public static let corrupt = Code(.corrupt)
        /// An archive or document larger than its limit, in any direction.
        public static let limitExceeded = Code(.limitExceeded)
        /// A format that is not read.
        public static let unsupported = Code(.unsupported)
        /// A failed system call of this host: no space, no permission.
        public static let system = Code(.system)
        /// The caller's task was cancelled.
        public static let cancelled = Code(.cancelled)
        /// The registry wants other credentials.
        public static let unauthorized = Code(.unauthorized)
        /// The registry refuses access.
        public static let denied = Code(.denied)
        /// The registry counts too many requests.
        public static let rateLimited = Code(.rateLimited)
        /// The registry answers with server errors.
        public static let unavailable = Code(.unavailable)
        /// The registry cannot be reached, or not in time.
        public static let unreachable = Code(.unreachable)

        /// The code's own name, for example `conflict`.
        public var description: String { kind.rawValue }
    }

    /// The kind of fault.
    public let code: Code
    /// docker's sentence, for example `No such image: nosuch:latest`.
    public let message: String

    /// An error by parts.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// Any error that the store's work can throw, as one of these.
    static func wrap(_ error: any Error) -> ImageStoreError {
        switch error {
        case let error as ImageStoreError: error
        case let error as RegistryError: ImageStoreError(code(of: error.code), error.message)
        case let error as OCIError: ImageStoreError(code(of: error.code), error.message)
        case let error as ImageReferenceError: ImageStoreError(.invalidArgument, error.description)
        case is CancellationError: ImageStoreError(.cancelled, "context canceled")
        default: ImageStoreError(.system, "\(error)")
        }
    }

    private static func code(of code: RegistryError.Code) -> Code {
        switch code {
        case .notFound: .notFound
        case .unauthorized: .unauthorized
        case .denied: .denied
        case .rateLimited: .rateLimited
        case .corrupt: .corrupt
        case .tooLarge: .limitExceeded
        case .unsupported: .unsupported
        case .cancelled: .cancelled
        case .unreachable, .timedOut: .unreachable
        default: .unavailable
        }
    }

    private static func code(of code: OCIError.Code) -> Code {
        switch code {
        case .unsupported: .unsupported
        case .limitExceeded: .limitExceeded
        case .fileSystem, .notFound: .system
        default: .corrupt
        }
    }
}
