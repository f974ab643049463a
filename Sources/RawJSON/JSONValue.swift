/// A JSON value exactly as it came: members keep their order, numbers keep their text (RFC 8259).
///
/// Verdicts compare what a daemon wrote, so nothing may be normalised on the way in: `1.0` is not `1`,
/// and a number too large for a `Double` keeps all its digits.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// A JSON number as text, for example `-12`, `0.5` or `1e400`.
public struct JSONNumber: Sendable, Hashable {
    /// The digits as they stood in the document.
    public let text: String

    /// Wraps text that already is a JSON number; the parser is the one caller that makes it from a document.
    init(uncheckedText text: String) {
        self.text = text
    }

    /// A whole number.
    public init(_ value: some BinaryInteger) {
        text = String(value)
    }

    /// A floating-point number, in the shortest form that reads back as the same value; `nil` for infinities and NaN.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    /// The value as a 64-bit integer, where the text is a whole number in range (`3`, not `3.0`).
    public var int64: Int64? { Int64(text) }

    /// The nearest `Double`.
    public var double: Double? { Double(text) }

    /// Whether the text has neither a fraction nor an exponent.
    public var isInteger: Bool { !text.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") } }
}

/// The members of a JSON object in document order; a repeated name keeps every value, and look-ups answer the last one.
public struct JSONObject: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// One `"name": value` pair.
    public struct Member: Sendable, Hashable {
        /// The name, with escapes resolved.
        public var name: String
        /// The value.
        public var value: JSONValue

        /// A member from its parts.
        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// All members, in document order.
    public var members: [Member]

    /// An object with these members, in this order.
    public init(members: [Member] = []) {
        self.members = members
    }

    /// An object written as a literal, in the order of the literal.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        members = elements.map { Member(name: $0.0, value: $0.1) }
    }

    /// The last value of that name, as most readers of JSON see it. Setting `nil` removes every member of the name;
    /// setting a value replaces the last one in place or appends.
    public subscript(name: String) -> JSONValue? {
        get { members.last { $0.name == name }?.value }
        set {
            guard let newValue else {
                members.removeAll { $0.name == name }
                return
            }
            if let index = members.lastIndex(where: { $0.name == name }) {
                members[index].value = newValue
            } else {
                members.append(Member(name: name, value: newValue))
            }
        }
    }

    /// The names, in document order.
    public var names: [String] { members.map(\.name) }
}

extension JSONValue {
    /// The member of that name, where this is an object that has it.
    public subscript(name: String) -> JSONValue? {
        if case .object(let object) = self { object[name] } else { nil }
    }

    /// The element at that position, where this is an array that reaches so far.
    public subscript(index: Int) -> JSONValue? {
        if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
    }

    /// The string, where this is one.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The boolean, where this is one.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The whole number, where this is one that fits 64 bits.
    public var int64: Int64? {
        if case .number(let value) = self { value.int64 } else { nil }
    }

    /// The number as `Double`, where this is a number.
    public var double: Double? {
        if case .number(let value) = self { value.double } else { nil }
    }

    /// The elements, where this is an array.
    public var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The object, where this is one.
    public var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The JSON name of the kind of value: `null`, `boolean`, `number`, `string`, `array` or `object`.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object with its members in the order written.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(members: elements.map { .init(name: $0.0, value: $0.1) }))
    }
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
}
