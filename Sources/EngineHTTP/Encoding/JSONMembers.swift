import OCI
import RawJSON

/// Builds a JSON object member by member, in the order in which docker writes them.
struct JSONMembers {
    private var members: [JSONObject.Member]

    /// No members.
    init(capacity: Int = 16) {
        members = []
        members.reserveCapacity(capacity)
    }

    /// Adds a member.
    mutating func add(_ name: String, _ value: JSONValue) { members.append(.init(name: name, value: value)) }
    /// Adds a text.
    mutating func add(_ name: String, _ text: String) { add(name, .string(text)) }
    /// Adds a truth value.
    mutating func add(_ name: String, _ flag: Bool) { add(name, .bool(flag)) }
    /// Adds a whole number.
    mutating func add(_ name: String, _ number: some BinaryInteger) { add(name, .integer(number)) }

    /// Adds the members of another object.
    mutating func append(_ other: JSONMembers) { members += other.members }

    /// The object.
    var value: JSONValue { .object(JSONObject(members: members)) }
}

extension JSONValue {
    /// A whole number.
    static func integer(_ number: some BinaryInteger) -> JSONValue { .number(JSONNumber(number)) }

    /// A list of texts; null where there is none.
    static func texts(_ list: [String]?) -> JSONValue { list.map { .array($0.map(JSONValue.string)) } ?? .null }

    /// Texts by name, sorted; null where there are none.
    static func table(_ table: [String: String]?) -> JSONValue {
        guard let table else { return .null }
        return .object(
            JSONObject(
                members: table.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .string($0.value)) }))
    }

    /// `{"80/tcp": {}}`, sorted; null where there are none.
    static func names(_ names: some Collection<String>) -> JSONValue {
        guard !names.isEmpty else { return .null }
        return .object(JSONObject(members: names.sorted().map { .init(name: $0, value: .object(JSONObject())) }))
    }

    /// A list; null where there is none.
    static func list<Element>(_ list: [Element]?, _ element: (Element) -> JSONValue) -> JSONValue {
        list.map { .array($0.map(element)) } ?? .null
    }

    /// Values by name, sorted.
    static func dictionary<Value>(_ table: [String: Value], _ value: (Value) -> JSONValue) -> JSONValue {
        .object(
            JSONObject(
                members: table.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: value($0.value)) }))
    }

    /// A moment as Go writes it; what never was is the year 1.
    static func moment(_ time: Timestamp?) -> JSONValue { .string(time?.description ?? "0001-01-01T00:00:00Z") }
}
