/// Why an operation failed: a code to act on and the sentence that docker shows.
public struct EngineError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of fault it is; EngineHTTP's table turns it into a status.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        case notFound, conflict, invalidArgument, notModified, forbidden, unauthorized, notImplemented, unavailable
        case cancelled, system
    }

    /// The kind of fault.
    public let code: Code
    /// docker's sentence, for example `No such container: web`.
    public let message: String

    /// An error by parts.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
