/// Why a registry did not give what was asked: a code to act on and the sentence that docker shows.
public struct RegistryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of fault it is; new kinds may be added without breaking callers.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case notFound, unauthorized, denied, rateLimited, unavailable, corrupt, unreachable, tooLarge, unsupported
            case refused, cancelled, timedOut
        }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// The manifest, blob or repository is not there.
        public static let notFound = Code(.notFound)
        /// Credentials are missing or wrong.
        public static let unauthorized = Code(.unauthorized)
        /// The repository is not for this user, or does not exist: registries do not tell which.
        public static let denied = Code(.denied)
        /// Too many requests (status 429) for longer than the client waits.
        public static let rateLimited = Code(.rateLimited)
        /// The registry answers with server errors.
        public static let unavailable = Code(.unavailable)
        /// What came is not what its digest or size announced, or not what the protocol says.
        public static let corrupt = Code(.corrupt)
        /// No connection: name not found, refused, TLS failure, connection lost.
        public static let unreachable = Code(.unreachable)
        /// A document larger than its limit.
        public static let tooLarge = Code(.tooLarge)
        /// A document of a kind that is not read, or no manifest for the platform.
        public static let unsupported = Code(.unsupported)
        /// The registry answers that the request is wrong, or the client will not follow where it leads.
        public static let refused = Code(.refused)
        /// The caller's task was cancelled.
        public static let cancelled = Code(.cancelled)
        /// A deadline has passed.
        public static let timedOut = Code(.timedOut)

        /// The code's own name, for example `rateLimited`.
        public var description: String { kind.rawValue }
    }

    /// The kind of fault.
    public let code: Code
    /// docker's sentence, for example `manifest for nginx:nope not found: manifest unknown: manifest unknown`.
    public let message: String
    /// The HTTP status, where an answer came.
    public let status: Int?
    /// Whether a second try may go better: server errors, too many requests, a connection lost on the way.
    let isTransient: Bool
    /// How many seconds the registry asks to wait (`Retry-After`).
    let retryAfter: Int64?
    /// What the registry's own error body says, where there was one.
    private(set) var fault: RegistryAnswer.Fault?

    /// An error by parts.
    public init(_ code: Code, _ message: String, status: Int? = nil) {
        self.init(code, message, status: status, isTransient: false)
    }

    init(_ code: Code, _ message: String, status: Int? = nil, isTransient: Bool, retryAfter: Int64? = nil) {
        self.code = code
        self.message = message
        self.status = status
        self.isTransient = isTransient
        self.retryAfter = retryAfter
    }

    func carrying(_ fault: RegistryAnswer.Fault?) -> RegistryError {
        var copy = self
        copy.fault = fault
        return copy
    }

    func with(message: String, code: Code? = nil) -> RegistryError {
        RegistryError(code ?? self.code, message, status: status, isTransient: isTransient, retryAfter: retryAfter)
    }

    /// The message.
    public var description: String { message }
}
