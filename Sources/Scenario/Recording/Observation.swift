/// What a replay saw of one expectation, for `--record`.
public struct Observation: Sendable, Hashable {
    /// What came.
    public enum Outcome: Sendable, Hashable {
        /// A command ran: its output, exit code.
        case command(stdout: [UInt8], stderr: [UInt8], exitCode: Int32)
        /// A response came.
        case response(status: Int, headers: [(name: String, value: String)], body: [UInt8])

        /// Compares part by part.
        public static func == (left: Outcome, right: Outcome) -> Bool {
            switch (left, right) {
            case (.command(let a, let b, let c), .command(let d, let e, let f)): a == d && b == e && c == f
            case (.response(let a, let b, let c), .response(let d, let e, let f)):
                a == d && c == f && b.elementsEqual(e, by: ==)
            default: false
            }
        }

        /// Hashes the bytes that came.
        public func hash(into hasher: inout Hasher) {
            switch self {
            case .command(let stdout, _, _): hasher.combine(stdout)
            case .response(_, _, let body): hasher.combine(body)
            }
        }
    }

    /// The line of the command (`ConsoleCommand.line`) or of the request (`HTTPStep.requestLine`).
    public let line: Int
    /// What came.
    public let outcome: Outcome
    /// The variables known when it ran, before its own captures.
    public let variables: Variables

    /// An observation by its parts.
    public init(line: Int, outcome: Outcome, variables: Variables) {
        self.line = line
        self.outcome = outcome
        self.variables = variables
    }
}
