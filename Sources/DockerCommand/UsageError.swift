/// A command line that docker's CLI would refuse before it talks to a daemon.
///
/// `message` is what docker 28 writes to standard error, without the last newline; `exitCode` is docker's: 125 for flags
/// and for `run`/`create` options, 1 for wrong numbers of arguments and unknown commands.
public struct UsageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text for standard error, possibly several lines, without the last newline.
    public var message: String
    /// The exit code of the process.
    public var exitCode: Int32

    /// A refusal from its parts.
    public init(message: String, exitCode: Int32) {
        self.message = message
        self.exitCode = exitCode
    }

    /// The message.
    public var description: String { message }
}

/// A command that ends in failure: what goes to standard error, and the exit code.
struct CommandFailure: Error, Sendable {
    var message: String
    var exitCode: Int32

    init(_ message: String, exitCode: Int32 = 1) {
        self.message = message
        self.exitCode = exitCode
    }
}
