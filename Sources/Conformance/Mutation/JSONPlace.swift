import RawJSON

/// Where in a document something stands: `State.Status`, `Mounts.*.Type`; `*` is every element or every member.
struct JSONPlace: Sendable {
    /// What becomes of the value at a place.
    enum Edit: Sendable {
        case keep
        case remove
        case rename(String)
        case replace(JSONValue)
    }

    private let parts: [Substring]

    /// - Parameter text: names joined by dots; the document itself where empty.
    init(_ text: String) {
        parts = text.split(separator: ".")
    }

    /// Edits every value at this place.
    ///
    /// - Returns: whether something was altered.
    func edit(_ value: inout JSONValue, _ change: (JSONValue) -> Edit) -> Bool {
        Self.edit(&value, parts[...], change)
    }

    private static func edit(
        _ value: inout JSONValue, _ parts: ArraySlice<Substring>, _ change: (JSONValue) -> Edit
    ) -> Bool {
        guard let part = parts.first else {
            guard case .replace(let new) = change(value), new != value else { return false }
            value = new
            return true
        }
        switch value {
        case .array(var elements) where part == "*":
            let isAltered = alter(&elements, { $0 }, { $1 }, parts.dropFirst(), change)
            value = .array(elements)
            return isAltered
        case .object(var object):
            var isAltered = false
            var members: [JSONObject.Member] = []
            for member in object.members {
                var one = [member]
                if part == "*" || member.name == part {
                    isAltered =
                        alter(&one, { $0.value }, { .init(name: $0.name, value: $1) }, parts.dropFirst(), change)
                        || isAltered
                }
                members += one
            }
            object.members = members
            value = .object(object)
            return isAltered
        default: return false
        }
    }

    /// Edits the elements of a list, or below them.
    private static func alter<Element>(
        _ elements: inout [Element], _ read: (Element) -> JSONValue, _ write: (Element, JSONValue) -> Element,
        _ below: ArraySlice<Substring>, _ change: (JSONValue) -> Edit
    ) -> Bool {
        var isAltered = false
        var kept: [Element] = []
        for element in elements {
            var value = read(element)
            guard below.isEmpty else {
                isAltered = edit(&value, below, change) || isAltered
                kept.append(write(element, value))
                continue
            }
            switch change(value) {
            case .keep: kept.append(element)
            case .remove: isAltered = true
            case .replace(let new):
                isAltered = isAltered || new != value
                kept.append(write(element, new))
            case .rename(let name):
                isAltered = true
                kept.append(renamed(element, name))
            }
        }
        elements = kept
        return isAltered
    }

    private static func renamed<Element>(_ element: Element, _ name: String) -> Element {
        guard let member = element as? JSONObject.Member,
            let new = JSONObject.Member(name: name, value: member.value) as? Element
        else { return element }
        return new
    }
}

extension JSONValue {
    /// Whether docker's CLI writes the value where a person said nothing.
    var asksForNothing: Bool {
        switch self {
        case .null, .bool(false): true
        case .number(let number): number.text == "0" || number.text == "-1"
        case .string(let text): text.isEmpty || text == "default" || text == "no"
        case .array(let elements): elements.isEmpty
        // A set is written as an object of empty ones: {"80/tcp": {}} asks for a port, {"EndpointsConfig": {}} for nothing.
        case .object(let object):
            object.members.allSatisfy { member in
                member.value == .object([:])
                    ? member.name.first?.isUppercase == true : member.value.asksForNothing
            }
        case .bool: false
        }
    }

    /// The value under another kind, as daemons with other types in their code write it: a number as text, a text as a
    /// list, a list as text.
    var mistyped: JSONValue {
        switch self {
        case .null: ""
        case .bool(let flag): .string(flag ? "true" : "false")
        case .number(let number): .string(number.text)
        case .string(let text): Int64(text).map { .number(JSONNumber($0)) } ?? .array([.string(text)])
        case .array(let elements): .string(elements.compactMap(\.string).joined(separator: " "))
        case .object(let object): .array(object.members.map(\.value))
        }
    }
}
