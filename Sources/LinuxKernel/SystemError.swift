import CLinux
import Glibc

/// A system call that failed: which, on what, and why.
public struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was tried, as a verb and its object: `open /proc/1/ns/net`.
    public let action: String
    /// The error number, as errno(3) names it.
    public let errno: Int32

    /// An error by parts.
    public init(action: String, errno: Int32) {
        self.action = action
        self.errno = errno
    }

    /// `cannot open /proc/1/ns/net: No such file or directory`.
    public var description: String { "cannot \(action): \(String(cString: strerror(errno)))" }
}

/// The one place where answers of system calls become errors; EINTR is dealt with in `CLinux`.
public enum SystemCall {
    /// The answer of a `clinux_…` call, or its negative answer as an error.
    ///
    /// - Parameter action: what is tried, for `SystemError.action`.
    @discardableResult
    public static func check<Answer: SignedInteger>(
        _ answer: Answer, _ action: @autoclosure () -> String
    ) throws(SystemError) -> Answer {
        guard answer < 0 else { return answer }
        throw SystemError(action: action(), errno: Int32(truncatingIfNeeded: -answer))
    }
}
