import RawJSON

/// The `filters` query parameter: for each name the values of which one must match.
///
/// On the wire a JSON object, `{"label":{"a=b":true}}`; before API 1.22 `{"label":["a=b"]}`, which daemons still take.
public struct Filters: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    private var values: [String: Set<String>] = [:]

    /// No filters.
    public init() {}

    /// Filters written as a literal: `["label": ["a=b"], "status": ["running"]]`.
    public init(dictionaryLiteral elements: (String, [String])...) {
        for (name, values) in elements { for value in values { add(name, value) } }
    }

    /// Reads either JSON form.
    ///
    /// - Throws: `FiltersError` where the text is not JSON or has another shape.
    public init(parsing text: String) throws(FiltersError) {
        guard !text.isEmpty else { return }
        let document: JSONValue
        do { document = try JSONValue.parse(text) } catch { throw .notJSON(error) }
        guard let object = document.object else { throw .shape(text) }
        for member in object.members {
            switch member.value {
            case .object(let flags):
                values[member.name, default: []] = []
                for flag in flags.members {
                    guard let isSet = flag.value.bool else { throw .shape(text) }
                    if isSet { add(member.name, flag.name) }
                }
            case .array(let list):
                values[member.name, default: []] = []
                for element in list {
                    guard let value = element.string else { throw .shape(text) }
                    add(member.name, value)
                }
            case .null: values[member.name, default: []] = []
            default: throw .shape(text)
            }
        }
    }

    /// Adds a value to a name.
    public mutating func add(_ name: String, _ value: String) {
        values[name, default: []].insert(value)
    }

    /// The values of a name, sorted; none where it is absent.
    public subscript(name: String) -> [String] { (values[name] ?? []).sorted() }

    /// Whether the name stands among the filters, with or without values.
    public func contains(_ name: String) -> Bool { values[name] != nil }

    /// The names, sorted.
    public var names: [String] { values.keys.sorted() }

    /// Whether there are no filters; docker's CLI then leaves the parameter out.
    public var isEmpty: Bool { values.isEmpty }

    /// The object form, names and values sorted as Go's encoding/json sorts maps.
    public var json: JSONValue {
        .object(
            JSONObject(
                members: names.map { name in
                    let flags = self[name].map { JSONObject.Member(name: $0, value: true) }
                    return .init(name: name, value: .object(JSONObject(members: flags)))
                }))
    }

    /// The text of the query parameter before percent-encoding, byte for byte what docker's CLI writes.
    public var text: String { json.text(.init(escapesHTML: true)) }
}

/// Why a text is no filters parameter.
public enum FiltersError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Not JSON at all.
    case notJSON(JSONParseError)
    /// JSON, but neither of the two forms.
    case shape(String)

    /// One sentence with the accepted form.
    public var description: String {
        switch self {
        case .notJSON(let error): "invalid filter: \(error)"
        case .shape(let text): "invalid filter \(text): expected {\"name\":{\"value\":true}} or {\"name\":[\"value\"]}"
        }
    }
}
