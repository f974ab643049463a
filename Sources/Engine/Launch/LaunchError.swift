import Glibc
import ShimProtocol

/// Why something could not be started: the step, the reason and the thing it happened on.
public struct LaunchError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where it failed; those up to `exec` are `enum shim_step`.
    public enum Step: UInt32, Sendable, Hashable, CaseIterable {
        case `protocol` = 1
        case spec, fork, stdio, log, cgroup, clone, namespace, root, mount, device, terminal, pivot, mask, sysctl
        case hostname, rlimit, oomScore, identity, capabilities, workingDirectory, seccomp, descriptors, exec
        case scheduling
        /// drydock-shim itself is missing or does not answer.
        case launcher = 100
        /// A monitor still works in the state directory.
        case busy
        /// The process has ended, or its stdin is closed.
        case closed
        /// Nothing was heard in time.
        case deadline
    }

    /// The step that failed.
    public let step: Step
    /// errno(3), positive; 0 where there is none.
    public let errno: Int32
    /// The path or name it happened on; perhaps empty.
    public let detail: String

    init(_ step: Step, errno: Int32 = 0, detail: String = "") {
        self.step = step
        self.errno = errno
        self.detail = detail
    }

    init(_ message: shim_failed) {
        step = Step(rawValue: message.step) ?? .protocol
        errno = message.error
        detail = withUnsafeBytes(of: message.detail) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    static let tooBig = E2BIG
    static let invalid = EINVAL

    /// What went wrong, in the words that docker's clients match on where runc has some.
    public var sentence: String {
        switch step {
        case .exec: commandSentence
        case .workingDirectory: "chdir to cwd (\"\(detail)\") set in config.json failed: \(reason)"
        case .mount: "error mounting \"\(detail)\": \(reason)"
        case .launcher: "drydock-shim \(detail.isEmpty ? "does not answer" : detail): \(reason)"
        case .busy: "the last run in \(detail) has not ended yet"
        case .closed: "the process has ended or its standard input is closed"
        case .deadline: "nothing was heard of \(detail) in time"
        default: detail.isEmpty ? "\(step): \(reason)" : "\(step) \(detail): \(reason)"
        }
    }

    /// As Go's LookPath and runc put it.
    private var commandSentence: String {
        switch errno {
        case ENOENT where !detail.contains("/"): "exec: \"\(detail)\": executable file not found in $PATH"
        case ENOENT: "exec: \"\(detail)\": stat \(detail): no such file or directory"
        case EISDIR: "exec: \"\(detail)\": is a directory: permission denied"
        case EACCES: "exec: \"\(detail)\": \(reason)"
        default: "exec \(detail): \(reason)"
        }
    }

    /// Go's words for errno, which are the C library's in lower case.
    private var reason: String { String(cString: strerror(errno)).lowercased() }

    /// The exit code that docker gives a container or exec which did not start: 127 where the command is absent, 126
    /// where it may not be executed, 128 otherwise (moby, daemon/start.go).
    public var exitCode: Int32 {
        switch (step, errno) {
        case (.exec, ENOENT), (.workingDirectory, _): 127
        case (.exec, EACCES), (.exec, EISDIR), (.exec, ENOEXEC): 126
        default: 128
        }
    }

    /// The sentence.
    public var description: String { sentence }
}

extension LaunchError {
    static let absent = ENOENT
    static let tryAgain = EAGAIN
    static let nobodyListens: Set<Int32> = [ENOENT, ECONNREFUSED]
    static let connectionReset = ECONNRESET
}
