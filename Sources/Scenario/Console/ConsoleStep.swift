/// A `console` block.
public struct ConsoleStep: Sendable, Hashable {
    /// The line of the opening fence.
    public let line: Int
    /// The commands, in order.
    public let commands: [ConsoleCommand]
}

/// One `$ ` line and what is expected of it.
public struct ConsoleCommand: Sendable, Hashable {
    /// What is done.
    public enum Action: Sendable, Hashable {
        /// A docker command line; the first word is `docker`.
        case docker(CommandLine)
        /// `fg %job`: go on with a command in the background.
        case foreground(job: String)
        /// `kill -SIGNAL %job`: send the job's process a signal, named without `SIG`.
        case signal(name: String, job: String)
    }

    /// What happens while the command runs, in order.
    public enum Event: Sendable, Hashable {
        /// These lines come on stdout.
        case expect(TextPattern)
        /// These bytes are typed (`text`, a newline unless `\c` was written, or control characters).
        case type(TypedText)
        /// `[eof]`: standard input is closed.
        case endOfInput(line: Int)
        /// `[resize 40x120]`: the terminal changes its size.
        case resize(rows: Int, columns: Int, line: Int)
    }

    /// The line of the `$`.
    public let line: Int
    /// The command as written, continuation lines joined.
    public let source: String
    /// What is done.
    public let action: Action
    /// The name of the job, where the line ends in `&name`.
    public let background: String?
    /// The file step that is standard input (`< NAME`).
    public let standardInput: String?
    /// The file in the case's directory that takes standard output (`> NAME`).
    public let standardOutput: String?
    /// Output and typing, in order; never two `expect` events in a row. Without any, stdout must stay empty
    /// (see `expectsSilence`).
    public let events: [Event]
    /// What standard error must look like; `nil` asserts nothing.
    public let standardError: TextPattern?
    /// The exit code that is expected.
    public let exit: ExitPattern
    /// Whether the exit code was written down; otherwise it is the default, 0.
    public let exitIsWritten: Bool
    /// `[running]`: the job must not have ended and stays in the background.
    public let staysRunning: Bool
    /// `[tty]`: the command runs on a pseudo-terminal although it has no `-t`.
    public let forcesTerminal: Bool
    /// `[unordered]`: the lines of stdout may come in any order.
    public let unordered: Bool
    /// `[within 10s]`: the command is repeated until it matches or this time has passed.
    public let within: Duration?
    /// `[timeout 20s]`: the command's own limit; `nil` means the default of 30 s.
    public let timeout: Duration?
    /// The lines of the file below the command that say what is expected, from 1; what recording replaces.
    public let expectationLines: Range<Int>

    /// Whether nothing at all may come on stdout.
    public var expectsSilence: Bool { events.isEmpty && standardOutput == nil }

    /// Whether something is typed, closed or resized while the command runs.
    public var isInteractive: Bool {
        events.contains { if case .expect = $0 { false } else { true } }
    }
}

/// Which exit codes are right.
public enum ExitPattern: Sendable, Hashable, CustomStringConvertible {
    /// One of these.
    case oneOf([Int32])
    /// Anything but 0.
    case nonzero

    /// Whether a code is right.
    public func accepts(_ code: Int32) -> Bool {
        switch self {
        case .oneOf(let codes): codes.contains(code)
        case .nonzero: code != 0
        }
    }

    /// As in `[exit 125|126]`, without the brackets and the word.
    public var description: String {
        switch self {
        case .oneOf(let codes): codes.map(String.init).joined(separator: "|")
        case .nonzero: "nonzero"
        }
    }
}

/// What a `> ` line types.
public enum TypedText: Sendable, Hashable {
    /// Text; a newline is part of it unless the line ended in `\c`.
    case text(Template)
    /// Control characters, for example `^P^Q` as 0x10 0x11.
    case control([UInt8], source: String, line: Int)

    /// The bytes to send to the terminal or standard input.
    public func bytes(_ variables: Variables) throws(UnknownVariable) -> [UInt8] {
        switch self {
        case .text(let template): Array(try template.expand(variables).utf8)
        case .control(let bytes, _, _): bytes
        }
    }

    /// The line of the scenario file.
    public var line: Int {
        switch self {
        case .text(let template): template.line
        case .control(_, _, let line): line
        }
    }

    /// Whether this is `^C` alone: without a terminal it is SIGINT to the command.
    public var isInterrupt: Bool { if case .control([0x03], _, _) = self { true } else { false } }
    /// Whether this is `^D` alone: without a terminal it is the end of input.
    public var isEndOfInput: Bool { if case .control([0x04], _, _) = self { true } else { false } }
    /// Whether this is `^\` alone: without a terminal it is SIGQUIT to the command.
    public var isQuit: Bool { if case .control([0x1C], _, _) = self { true } else { false } }
}
