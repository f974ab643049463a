/// One fault of a scenario file: where it stands, what is wrong, and the way out.
public struct ScenarioError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file as it was named to the parser.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// What is wrong, lower-case, without a full stop: `unknown capture ${contaner}`.
    public let message: String
    /// The way out, a sentence without its full stop: `Did you mean ${container}?`.
    public let hint: String?

    /// A fault by its parts.
    public init(file: String, line: Int, message: String, hint: String? = nil) {
        self.file = file
        self.line = line
        self.message = message
        self.hint = hint
    }

    /// `container/run/x.md:14: unknown capture ${contaner}. Captured so far: ${container}, ${id}.`
    public var description: String { "\(file):\(line): \(summary)" }

    /// The message and the hint, without the place.
    public var summary: String {
        guard let hint else { return "\(message)." }
        return "\(message). \(hint)\(hint.hasSuffix("?") ? "" : ".")"
    }
}

/// All faults found in one file, in the order of their lines.
public struct ScenarioErrors: Error, Sendable, Hashable, CustomStringConvertible {
    /// At least one fault.
    public let errors: [ScenarioError]

    /// The faults, one a line.
    public var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// A fault inside a piece of text whose file the finder does not know.
struct SyntaxFault: Error, Hashable {
    var message: String
    var hint: String?
    var line: Int

    init(_ message: String, hint: String? = nil, line: Int) {
        self.message = message
        self.hint = hint
        self.line = line
    }
}
