import OCI
import RawJSON

/// A value that the engine keeps on disk.
protocol JSONStored: SendableMetatype {
    /// The value as it was written; fields that are missing keep their defaults, so that older files can be read.
    init(json: JSONValue) throws(StoredValueError)
    /// The value to write; nil leaves the field out.
    var json: JSONValue? { get }
}

/// A file of the engine that does not hold what it should.
struct StoredValueError: Error, CustomStringConvertible {
    let description: String

    init(expected: String, found: JSONValue) { description = "expected \(expected), found \(found.kind)" }
    init(_ description: String) { self.description = description }
}

/// One field of a stored structure: how it is read and written.
struct JSONField<Root>: Sendable {
    let name: String
    let read: @Sendable (inout Root, JSONValue) throws(StoredValueError) -> Void
    let write: @Sendable (Root) -> JSONValue?

    init<Value: JSONStored>(_ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable) {
        self.name = name
        read = { root, json throws(StoredValueError) in root[keyPath: path] = try Value(json: json) }
        write = { $0[keyPath: path].json }
    }
}

/// A structure described by a list of its fields.
protocol JSONRecord: JSONStored {
    init()
    static var fields: [JSONField<Self>] { get }
}

extension JSONRecord {
    init(json: JSONValue) throws(StoredValueError) {
        guard case .object(let object) = json else { throw StoredValueError(expected: "an object", found: json) }
        self.init()
        let values = Dictionary(object.members.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        for field in Self.fields {
            guard let value = values[field.name], !value.isNull else { continue }
            do { try field.read(&self, value) } catch { throw StoredValueError("\(field.name): \(error)") }
        }
    }

    var json: JSONValue? {
        .object(
            JSONObject(
                members: Self.fields.compactMap { field in
                    field.write(self).map { JSONObject.Member(name: field.name, value: $0) }
                }))
    }
}

extension String: JSONStored {
    init(json: JSONValue) throws(StoredValueError) {
        guard let value = json.string else { throw StoredValueError(expected: "a string", found: json) }
        self = value
    }
    var json: JSONValue? { isEmpty ? nil : .string(self) }
}

extension Bool: JSONStored {
    init(json: JSONValue) throws(StoredValueError) {
        guard let value = json.bool else { throw StoredValueError(expected: "true or false", found: json) }
        self = value
    }
    var json: JSONValue? { .bool(self) }
}

extension JSONStored where Self: FixedWidthInteger {
    init(json: JSONValue) throws(StoredValueError) {
        guard let number = json.int64, let value = Self(exactly: number) else {
            throw StoredValueError(expected: "a whole number", found: json)
        }
        self = value
    }
    var json: JSONValue? { .number(JSONNumber(self)) }
}
extension Int: JSONStored {}
extension Int64: JSONStored {}
extension Int32: JSONStored {}
extension UInt16: JSONStored {}
extension UInt32: JSONStored {}

extension Optional: JSONStored where Wrapped: JSONStored {
    init(json: JSONValue) throws(StoredValueError) { self = try Wrapped(json: json) }
    // An empty string or list that is there is something else than none.
    var json: JSONValue? { map { $0.json ?? "" } }
}

extension Array: JSONStored where Element: JSONStored {
    init(json: JSONValue) throws(StoredValueError) {
        guard let values = json.array else { throw StoredValueError(expected: "a list", found: json) }
        self = []
        for value in values { append(try Element(json: value)) }
    }
    var json: JSONValue? { .array(map { $0.json ?? "" }) }
}

extension Set: JSONStored where Element == String {
    init(json: JSONValue) throws(StoredValueError) { self = Set(try [String](json: json)) }
    var json: JSONValue? { sorted().json }
}

extension Dictionary: JSONStored where Key == String, Value: JSONStored {
    init(json: JSONValue) throws(StoredValueError) {
        guard let object = json.object else { throw StoredValueError(expected: "an object", found: json) }
        self = [:]
        for member in object.members {
            self[member.name] = member.value.isNull ? try Value(json: "") : try Value(json: member.value)
        }
    }
    var json: JSONValue? {
        .object(
            JSONObject(
                members: sorted { $0.key < $1.key }.map { JSONObject.Member(name: $0.key, value: $0.value.json ?? "") })
        )
    }
}

extension Timestamp: JSONStored {
    init(json: JSONValue) throws(StoredValueError) { self.init(nanosecondsSince1970: try Int64(json: json)) }
    var json: JSONValue? { nanosecondsSince1970.json }
}

extension Digest: JSONStored {
    init(json: JSONValue) throws(StoredValueError) {
        do { self = try Digest(parsing: try String(json: json)) } catch let error as OCIError {
            throw StoredValueError(error.description)
        } catch {
            throw StoredValueError("\(error)")
        }
    }
    var json: JSONValue? { .string(description) }
}
