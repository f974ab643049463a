import LinuxKernel

/// Why a network operation failed: a code to act on and the sentence that docker shows.
public struct NetworkError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of fault it is.
    public enum Code: String, Sendable, Hashable {
        /// The host port is taken.
        case portInUse
        /// No address or port is left, or the configuration cannot be met.
        case exhausted
        /// A value that is none: an address, a range, a port.
        case invalidArgument
        /// The kernel refused.
        case system
    }

    /// The kind of fault.
    public let code: Code
    /// One sentence.
    public let message: String

    /// An error by parts.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}

extension NetworkError {
    /// A refusal of the kernel.
    init(_ error: SystemError) { self.init(.system, error.description) }

    /// Runs what asks the kernel, whose refusals become errors of the network.
    static func system<Answer>(_ body: () throws(SystemError) -> Answer) throws(NetworkError) -> Answer {
        do { return try body() } catch { throw NetworkError(error) }
    }
}
