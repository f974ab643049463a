import RawJSON

/// What a JSON value must be; a superset of JSON, matched against the value as it came over the wire.
public struct JSONPattern: Sendable, Hashable {
    /// The forms of a pattern.
    public indirect enum Form: Sendable, Hashable {
        /// `any`: there, also null.
        case any
        /// `absent`: the member is not there.
        case absent
        /// `null`, `true`, `false`.
        case literal(JSONValue)
        /// A number; `1` is not `1.0`.
        case number(String)
        /// `"…"` with variables, captures, and `...`.
        case string(LinePattern)
        /// `/regex/`: a string that matches as a whole.
        case regex(RegexPattern)
        /// `string`, `number`, `integer`, `boolean`, `array`, `object`, `nonempty`, `timestamp`.
        case kind(Kind)
        /// `${x}`: a string or number with that value.
        case variable(String)
        /// `${x = P}`: matches P, and keeps a string's content or a number's text under that name.
        case capture(String, JSONPattern)
        /// `> 0`, `timestamp > ${t}` is `timestamp & > ${t}`.
        case compare(Comparison, Operand)
        /// `!= P` and `not P`.
        case not(JSONPattern)
        /// `{…}`, or `exactly {…}`.
        case object([Member], exactly: Bool)
        /// `[P, ..., P]`, or `unordered […]`.
        case array([Element], unordered: Bool)
        /// `each P`.
        case each(JSONPattern)
        /// `length 3`, `length >= 3`: elements, members or, in a string, characters.
        case length(CountPattern)
        /// `A | B`.
        case either([JSONPattern])
        /// `A & B`.
        case all([JSONPattern])
    }

    /// A named kind of value.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case string, number, integer, boolean, array, object, nonempty, timestamp
    }

    /// The right side of a comparison.
    public enum Operand: Sendable, Hashable {
        /// A number.
        case number(String)
        /// The value of a variable: a number, or an RFC 3339 time.
        case variable(String)
    }

    /// A member of an object.
    public struct Member: Sendable, Hashable {
        /// The name, which may hold variables.
        public let name: Template
        /// What the value must be.
        public let value: JSONPattern
    }

    /// An element of an array.
    public enum Element: Sendable, Hashable {
        /// A value that must be there.
        case value(JSONPattern)
        /// `...`: any number of values, also none.
        case gap
    }

    /// The form.
    public let form: Form
    /// As written, white space and comments collapsed.
    public let source: String
    /// The line on which it begins.
    public let line: Int

    init(_ form: Form, source: String, line: Int) {
        self.form = form
        self.source = source
        self.line = line
    }
}

/// JSON values that come one after the other.
public struct JSONStreamPattern: Sendable, Hashable {
    /// A value or a gap.
    public enum Item: Sendable, Hashable {
        /// A value that must come.
        case value(JSONPattern)
        /// `...`: any number of values, also none.
        case gap(line: Int)
    }
    /// Values and gaps, in order.
    public let items: [Item]
}
