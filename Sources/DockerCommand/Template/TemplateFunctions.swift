import RawJSON

/// The functions of docker's templates, beside Go's own.
enum TemplateFunctions {
    typealias Function = @Sendable ([JSONValue]) throws(TemplateError) -> JSONValue

    static var names: Set<String> { Set(table.keys).union(["and", "or"]) }

    static let table: [String: Function] = [
        "json": { (values) throws(TemplateError) in .string(try one(values, "json").text(.init(escapesHTML: true))) },
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
            .string(String((values.first?.string ?? "").prefix(Int(values.dropFirst().first?.int64 ?? 0))))
        },
        "println": { (values) throws(TemplateError) in .string(values.map(GoFormat.text).joined(separator: " ") + "\n")
        },
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
            return .bool(values.dropFirst().contains { order(first, $0) == 0 })
        },
        "ne": { (values) throws(TemplateError) in .bool(try compare(values, "ne") != 0) },
        "lt": { (values) throws(TemplateError) in .bool(try compare(values, "lt") < 0) },
        "le": { (values) throws(TemplateError) in .bool(try compare(values, "le") <= 0) },
        "gt": { (values) throws(TemplateError) in .bool(try compare(values, "gt") > 0) },
        "ge": { (values) throws(TemplateError) in .bool(try compare(values, "ge") >= 0) },
    ]

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
            throw TemplateError("wrong type for value; expected string; got \(values[0].kind)")
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
        default: throw TemplateError("error calling len: len of type \(value.kind)")
        }
    }

    private static func index(_ values: [JSONValue]) throws(TemplateError) -> JSONValue {
        guard var value = values.first else { throw wrongNumber("index", 1, 0) }
        for key in values.dropFirst() {
            switch value {
            case .array(let elements):
                guard let position = key.int64 else {
                    throw TemplateError("error calling index: cannot index slice/array with type \(key.kind)")
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
            default: throw TemplateError("error calling index: can't index item of type \(value.kind)")
            }
        }
        return value
    }

    private static func slice(_ values: [JSONValue]) throws(TemplateError) -> JSONValue {
        let bounds = values.dropFirst().map { Int($0.int64 ?? 0) }
        func range(_ count: Int) throws(TemplateError) -> Range<Int> {
            let low = bounds.first ?? 0, high = bounds.dropFirst().first ?? count
            guard low >= 0, low <= high, high <= count else {
                throw TemplateError("error calling slice: index out of range: \(high)")
            }
            return low..<high
        }
        switch values.first {
        case .string(let text):
            return .string(String(decoding: Array(text.utf8)[try range(text.utf8.count)], as: UTF8.self))
        case .array(let elements): return .array(Array(elements[try range(elements.count)]))
        default: throw TemplateError("error calling slice: can't slice item")
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
        if left.kind == right.kind { return left == right ? 0 : 1 }
        return left.isNull || right.isNull ? 1 : nil
    }
}
