import NIOCore
import RawJSON

/// The members of a JSON object, read by name and type as Go's encoding/json reads them: absent and null are the same,
/// names are told apart without regard to case where they are not met exactly.
struct JSONFields {
    private let exact: [String: JSONValue]
    private let folded: [String: JSONValue]?
    private let path: String

    /// The members of an object; the path goes into messages.
    init(_ object: JSONObject, path: String = "") {
        var exact: [String: JSONValue] = Dictionary(minimumCapacity: object.members.count)
        var isOdd = false
        for member in object.members {
            exact[member.name] = member.value
            // docker's own names begin with a capital, so that only others need the slow way.
            if let first = member.name.utf8.first, first >= UInt8(ascii: "a") { isOdd = true }
        }
        self.exact = exact
        self.path = path
        folded = isOdd ? Dictionary(exact.map { ($0.lowercased(), $1) }, uniquingKeysWith: { $1 }) : nil
    }

    /// The body of a request; nil where there is none.
    ///
    /// - Throws: `BadRequest` in docker's words.
    init?(body call: Call) throws(BadRequest) {
        guard case .document(let bytes) = call.body else { return nil }
        try Self.checkType(call.headers["Content-Type"].first ?? "", isEmpty: bytes.readableBytes == 0)
        guard bytes.readableBytes > 0 else { return nil }
        let value: JSONValue
        do { value = try JSONValue.parse(bytes.readableBytesView) } catch {
            throw BadRequest("invalid JSON: \(error.reason) (byte \(error.offset))")
        }
        if value == .null { return nil }
        guard let object = value.object else {
            throw BadRequest("invalid JSON: json: cannot unmarshal \(value.kind) into an object")
        }
        self.init(object)
    }

    private static func checkType(_ type: String, isEmpty: Bool) throws(BadRequest) {
        if type.isEmpty, isEmpty { return }
        let media = type.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        guard !media.isEmpty else { throw BadRequest("malformed Content-Type header (): mime: no media type") }
        guard media == "application/json" else {
            throw BadRequest("unsupported Content-Type header (\(type)): must be 'application/json'")
        }
    }

    /// Whether one of these names is there.
    func hasAny(_ names: Set<String>) -> Bool {
        exact.keys.contains(where: names.contains)
            || (folded.map { folded in names.contains { folded[$0.lowercased()] != nil } } ?? false)
    }

    /// The value of a name; nil where it is absent or null.
    func value(_ name: String) -> JSONValue? {
        guard let value = exact[name] ?? folded?[name.lowercased()], value != .null else { return nil }
        return value
    }

    func text(_ name: String) throws(BadRequest) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else { throw mismatch(value, name, "string") }
        return text
    }

    func flag(_ name: String) throws(BadRequest) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let flag) = value else { throw mismatch(value, name, "bool") }
        return flag
    }

    func integer<Number: FixedWidthInteger>(_ name: String, as type: Number.Type = Number.self) throws(BadRequest)
        -> Number?
    {
        guard let value = value(name) else { return nil }
        guard case .number(let number) = value, let result = Number(number.text) else {
            throw mismatch(value, name, "int\(Number.bitWidth)")
        }
        return result
    }

    /// A list of texts.
    func texts(_ name: String) throws(BadRequest) -> [String]? {
        guard let value = value(name) else { return nil }
        return try texts(value, name)
    }

    /// A list of texts, or one text alone (docker's `StrSlice`).
    func words(_ name: String) throws(BadRequest) -> [String]? {
        if case .string(let text)? = value(name) { return [text] }
        return try texts(name)
    }

    /// Texts by name.
    func table(_ name: String) throws(BadRequest) -> [String: String]? {
        guard let value = value(name) else { return nil }
        guard case .object(let object) = value else { throw mismatch(value, name, "map[string]string") }
        var table: [String: String] = [:]
        for member in object.members {
            switch member.value {
            case .string(let text): table[member.name] = text
            case .null: table[member.name] = ""
            default: throw mismatch(member.value, "\(name).\(member.name)", "string")
            }
        }
        return table
    }

    /// The names of an object whose values say nothing: `{"80/tcp": {}}`.
    func names(_ name: String) throws(BadRequest) -> Set<String>? {
        guard let value = value(name) else { return nil }
        guard case .object(let object) = value else { throw mismatch(value, name, "map[string]struct {}") }
        return Set(object.members.map(\.name))
    }

    /// An object.
    func fields(_ name: String) throws(BadRequest) -> JSONFields? {
        guard let value = value(name) else { return nil }
        guard case .object(let object) = value else { throw mismatch(value, name, "object") }
        return JSONFields(object, path: place(name))
    }

    /// The members of an object, each an object.
    func fieldsByName(_ name: String) throws(BadRequest) -> [(name: String, fields: JSONFields)]? {
        guard let value = value(name) else { return nil }
        guard case .object(let object) = value else { throw mismatch(value, name, "object") }
        var result: [(String, JSONFields)] = []
        for member in object.members {
            switch member.value {
            case .object(let fields): result.append((member.name, JSONFields(fields, path: place(member.name))))
            case .null: result.append((member.name, JSONFields(JSONObject(members: []))))
            default: throw mismatch(member.value, "\(name).\(member.name)", "object")
            }
        }
        return result
    }

    /// A list of objects.
    func list(_ name: String) throws(BadRequest) -> [JSONFields]? {
        guard let value = value(name) else { return nil }
        return try objects(value, name)
    }

    /// Lists of objects by name: `{"80/tcp": [{…}]}`; null is an empty list.
    func lists(_ name: String) throws(BadRequest) -> [(name: String, list: [JSONFields])]? {
        guard let value = value(name) else { return nil }
        guard case .object(let object) = value else { throw mismatch(value, name, "map") }
        var result: [(String, [JSONFields])] = []
        for member in object.members {
            result.append((member.name, member.value == .null ? [] : try objects(member.value, member.name)))
        }
        return result
    }

    /// Lists of texts in a list.
    func textLists(_ name: String) throws(BadRequest) -> [[String]]? {
        guard let value = value(name) else { return nil }
        guard case .array(let elements) = value else { throw mismatch(value, name, "[][]string") }
        var result: [[String]] = []
        for element in elements { result.append(try texts(element, name)) }
        return result
    }

    /// Whole numbers in a list.
    func integers(_ name: String) throws(BadRequest) -> [Int]? {
        guard let value = value(name) else { return nil }
        guard case .array(let elements) = value else { throw mismatch(value, name, "[]int") }
        var result: [Int] = []
        for element in elements {
            guard case .number(let number) = element, let whole = Int(number.text) else {
                throw mismatch(element, name, "int")
            }
            result.append(whole)
        }
        return result
    }

    private func objects(_ value: JSONValue, _ name: String) throws(BadRequest) -> [JSONFields] {
        guard case .array(let elements) = value else { throw mismatch(value, name, "list") }
        var result: [JSONFields] = []
        for element in elements {
            guard case .object(let object) = element else { throw mismatch(element, name, "object") }
            result.append(JSONFields(object, path: place(name)))
        }
        return result
    }

    private func texts(_ value: JSONValue, _ name: String) throws(BadRequest) -> [String] {
        guard case .array(let elements) = value else { throw mismatch(value, name, "[]string") }
        var result: [String] = []
        result.reserveCapacity(elements.count)
        for element in elements {
            guard case .string(let text) = element else { throw mismatch(element, name, "string") }
            result.append(text)
        }
        return result
    }

    private func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    private func mismatch(_ value: JSONValue, _ name: String, _ type: String) -> BadRequest {
        BadRequest(
            "invalid JSON: json: cannot unmarshal \(value.kind) into Go struct field \(place(name)) of type \(type)")
    }
}
