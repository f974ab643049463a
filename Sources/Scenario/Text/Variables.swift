/// The values known at a point of a replay: captures, unique names and built-ins, by name.
public struct Variables: Sendable, Hashable {
    /// Values by name, without `${` and `}`.
    public var values: [String: String]

    /// Variables with these values.
    public init(_ values: [String: String] = [:]) {
        self.values = values
    }

    /// The value of that name.
    public subscript(name: String) -> String? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// These variables and those, the added ones winning.
    public func adding(_ more: [String: String]) -> Variables {
        Variables(values.merging(more) { $1 })
    }
}

/// A variable had no value when its text was needed; the checker rules this out for captures, so it is a built-in that
/// the harness did not set or a capture in a branch that did not match.
public struct UnknownVariable: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name, without `${` and `}`.
    public let name: String
    /// The line that uses it.
    public let line: Int

    /// `${x} has no value`.
    public var description: String { "${\(name)} has no value" }
}

/// Text with variables in it, for what is sent: requests, commands, typed text, file contents.
public struct Template: Sendable, Hashable {
    /// A stretch of a template.
    public enum Piece: Sendable, Hashable {
        /// Text as it stands.
        case text(String)
        /// The value of a variable.
        case variable(String)
    }

    /// As written, for messages.
    public let source: String
    /// The line on which it begins.
    public let line: Int
    /// The stretches, in order.
    public let pieces: [Piece]

    /// The text with all values filled in, each passed through `escaping` first.
    public func expand(
        _ variables: Variables, escaping: (String) -> String = { $0 }
    ) throws(UnknownVariable) -> String {
        var result = ""
        for piece in pieces {
            switch piece {
            case .text(let text): result += text
            case .variable(let name):
                guard let value = variables[name] else { throw UnknownVariable(name: name, line: line) }
                result += escaping(value)
            }
        }
        return result
    }

    /// The name, where the whole template is one variable.
    public var wholeVariable: String? {
        if pieces.count == 1, case .variable(let name) = pieces[0] { name } else { nil }
    }

    var events: [VariableEvent] {
        pieces.compactMap { piece in
            if case .variable(let name) = piece { .use(name, line: line) } else { nil }
        }
    }
}
