import RawJSON

/// The functions of docker's templates, beside Go's own.
enum TemplateFunctions {
    typealias Function = @Sendable ([JSONValue]) throws(TemplateError) -> JSONValue

    static var names: Set<String> { Set(table.keys).union(["and", "or"]) }

    static let table: [String: Function] = [
        "json": { (values) throws(TemplateError) in .string(try one(values, "json").text()) },
        "lower": { (values) throws(TemplateError) in .string(try text(values, "lower").lowercased()) },
        "upper": { (values) throws(TemplateError) in .string(try text(values, "upper").uppercased()) },
        "title": { (values) throws(TemplateError) in .string(title(try text(values, "title"))) },
        "join": { (values) throws(TemplateError) in
            .string(
                (values.first?.array ?? []).map(GoFormat.text).joined(separator: values.dropFirst().first?.string ?? "")
            )
        },
        "split": { (values) throws(TemplateError) in
            .strings(split(values.first?.string ?? "", by: values.dropFirst().first?.string ?? ""))
        },
        "pad": { (values) throws(TemplateError) in
            let counts = values.dropFirst().map { Int($0.int64 ?? 0) }
            guard counts.count == 2, let text = values.first?.string else { throw wrongNumber("pad", 3, values.count) }
            return .string(
                text.isEmpty
                    ? "" : String(repeating: " ", count: counts[0]) + text + String(repeating: " ", count: counts[1]))
        },
        "truncate": { (values) throws(TemplateError) in
            let bytes = (values.first?.string ?? "").utf8, limit = max(0, values.dropFirst().first?.int64 ?? 0)
            return .string(String(decoding: bytes.prefix(Int(clamping: limit)), as: UTF8.self))
        },
        "println": { (values) throws(TemplateError) in .string(values.map(GoFormat.text).joined(separator: " ") + "\n")
        },
        "html": { (values) throws(TemplateError) in .string(TemplateEscapes.html(GoFormat.print(values))) },
        "js": { (values) throws(TemplateError) in .string(TemplateEscapes.javaScript(GoFormat.print(values))) },
        "urlquery": { (values) throws(TemplateError) in .string(TemplateEscapes.query(GoFormat.print(values))) },
        "print": { (values) throws(TemplateError) in .string(GoFormat.print(values)) },
        "printf": { (values) throws(TemplateError) in
            .string(GoFormat.printf(values.first?.string ?? "", Array(values.dropFirst())))
        },
        "len": { (values) throws(TemplateError) in try length(one(values, "len")) },
        "index": { (values) throws(TemplateError) in try index(values) },
        "slice": { (values) throws(TemplateError) in try slice(values) },
        "not": { (values) throws(TemplateError) in .bool(!isTrue(try one(values, "not"))) },
        "eq": { (values) throws(TemplateError) in
            guard let first = values.first, values.count > 1 else {
                throw TemplateError("error calling eq: missing argument for comparison")
            }
            for other in values.dropFirst() {
                guard let order = order(first, other) else {
                    throw TemplateError("error calling eq: incompatible types for comparison")
                }
                if order == 0 { return true }
            }
            return false
        },
        "ne": { (values) throws(TemplateError) in .bool(try compare(values, "ne") != 0) },
        "lt": { (values) throws(TemplateError) in .bool(try compare(values, "lt") < 0) },
        "le": { (values) throws(TemplateError) in .bool(try compare(values, "le") <= 0) },
        "gt": { (values) throws(TemplateError) in .bool(try compare(values, "gt") > 0) },
        "ge": { (values) throws(TemplateError) in .bool(try compare(values, "ge") >= 0) },
    ]

    /// How many arguments functions take that take no other number.
    private static let arity = [
        "json": 1, "lower": 1, "upper": 1, "title": 1, "join": 2, "split": 2, "pad": 3, "truncate": 2, "len": 1,
        "not": 1, "ne": 2, "lt": 2, "le": 2, "gt": 2, "ge": 2,
    ]
    private static let minimum = ["and": 1, "or": 1, "eq": 1, "index": 1, "slice": 1, "printf": 1]

    /// Why a function is not called with so many arguments.
    static func arityFault(_ name: String, _ count: Int) -> String? {
        if let want = arity[name], want != count {
            return "wrong number of args for \(name): want \(want) got \(count)"
        }
        guard let want = minimum[name], count < want else { return nil }
        return "wrong number of args for \(name): want at least \(want) got \(count)"
    }

    /// Go's truth: not false, zero, empty or nil.
    static func isTrue(_ value: JSONValue) -> Bool {
        switch value {
        case .null: false
        case .bool(let flag): flag
        case .number(let number): number.double != 0
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let object): !object.members.isEmpty
        }
    }

    static func wrongNumber(_ name: String, _ want: Int, _ got: Int) -> TemplateError {
        TemplateError("wrong number of args for \(name): want \(want) got \(got)")
    }

    private static func one(_ values: [JSONValue], _ name: String) throws(TemplateError) -> JSONValue {
        guard values.count == 1 else { throw wrongNumber(name, 1, values.count) }
        return values[0]
    }

    private static func text(_ values: [JSONValue], _ name: String) throws(TemplateError) -> String {
        guard let text = try one(values, name).string else {
            throw TemplateError("wrong type for value; expected string; got \(GoFormat.typeName(values[0]))")
        }
        return text
    }

    private static func title(_ text: String) -> String {
        var atStart = true
        return String(
            text.map { character -> Character in
                defer { atStart = !(character.isLetter || character.isNumber || character == "_" || character == "'") }
                return atStart ? Character(character.uppercased()) : character
            })
    }

    private static func split(_ text: String, by separator: String) -> [String] {
        guard !separator.isEmpty else { return text.map(String.init) }
        var parts: [String] = []
        var rest = Substring(text), current = ""
        while let first = rest.first {
            if rest.hasPrefix(separator) {
                parts.append(current)
                current = ""
                rest = rest.dropFirst(separator.count)
            } else {
                current.append(first)
                rest = rest.dropFirst()
            }
        }
        return parts + [current]
    }

    private static func length(_ value: JSONValue) throws(TemplateError) -> JSONValue {
        switch value {
        case .string(let text): return .int(text.utf8.count)
        case .array(let elements): return .int(elements.count)
        case .object(let object): return .int(object.members.count)
        case .null: throw TemplateError("error calling len: len of nil pointer")
        default: throw TemplateError("error calling len: len of type \(GoFormat.typeName(value))")
        }
    }

    private static func index(_ values: [JSONValue]) throws(TemplateError) -> JSONValue {
        guard var value = values.first else { throw wrongNumber("index", 1, 0) }
        for key in values.dropFirst() {
            switch value {
            case .array(let elements):
                guard let position = key.int64 else {
                    throw TemplateError(
                        "error calling index: cannot index slice/array with type \(GoFormat.typeName(key))")
                }
                guard elements.indices.contains(Int(position)) else {
                    throw TemplateError("error calling index: index out of range: \(position)")
                }
                value = elements[Int(position)]
            case .object(let object): value = object[key.string ?? GoFormat.text(key)] ?? .null
            case .string(let text):
                let bytes = Array(text.utf8)
                guard let position = key.int64, bytes.indices.contains(Int(position)) else {
                    throw TemplateError("error calling index: index out of range: \(GoFormat.text(key))")
                }
                value = .int(bytes[Int(position)])
            case .null: throw TemplateError("error calling index: index of untyped nil")
            default: throw TemplateError("error calling index: can't index item of type \(GoFormat.typeName(value))")
            }
        }
        return value
    }

    private static func slice(_ values: [JSONValue]) throws(TemplateError) -> JSONValue {
        let bounds = values.dropFirst().map { Int($0.int64 ?? 0) }
        func range(_ count: Int) throws(TemplateError) -> Range<Int> {
            let low = bounds.first ?? 0, high = bounds.dropFirst().first ?? count
            for bound in bounds where bound < 0 || bound > count {
                throw TemplateError("error calling slice: index out of range: \(bound)")
            }
            guard low <= high else { throw TemplateError("error calling slice: invalid slice index: \(low) > \(high)") }
            return low..<high
        }
        switch values.first {
        case .string(let text):
            return .string(String(decoding: Array(text.utf8)[try range(text.utf8.count)], as: UTF8.self))
        case .array(let elements): return .array(Array(elements[try range(elements.count)]))
        default:
            let name = GoFormat.typeName(values.first ?? .null)
            throw TemplateError("error calling slice: can't slice item of type \(name)")
        }
    }

    private static func compare(_ values: [JSONValue], _ name: String) throws(TemplateError) -> Int {
        guard values.count == 2 else { throw wrongNumber(name, 2, values.count) }
        guard let order = order(values[0], values[1]) else {
            throw TemplateError("error calling \(name): incompatible types for comparison")
        }
        return order
    }

    private static func order(_ left: JSONValue, _ right: JSONValue) -> Int? {
        if let a = left.double, let b = right.double { return a < b ? -1 : (a > b ? 1 : 0) }
        if let a = left.string, let b = right.string { return a < b ? -1 : (a > b ? 1 : 0) }
        if left.isNull || right.isNull { return left.isNull && right.isNull ? 0 : 1 }
        return left.kind == right.kind ? (left == right ? 0 : 1) : nil
    }
}
