import RawJSON

extension JSONPattern.Kind {
    /// Whether a value is of this kind.
    func accepts(_ value: JSONValue) -> Bool {
        switch self {
        case .string: value.string != nil
        case .number: value.numberText != nil
        case .integer: if case .number(let number) = value { number.isInteger } else { false }
        case .boolean: value.bool != nil
        case .array: value.array != nil
        case .object: value.object != nil
        case .nonempty: value.length.map { $0 > 0 } ?? false
        case .timestamp: value.string.map { Timestamp($0) != nil } ?? false
        }
    }
}

extension JSONValue {
    /// A number's text.
    var numberText: String? { if case .number(let number) = self { number.text } else { nil } }

    /// What a capture keeps: a string's content, anything else as JSON text.
    var capturedText: String { string ?? text() }

    /// Elements, members, or the characters of a string.
    var length: Int? {
        switch self {
        case .string(let text): text.unicodeScalars.count
        case .array(let elements): elements.count
        case .object(let object): object.members.count
        case .null, .bool, .number: nil
        }
    }
}

/// A time as RFC 3339 writes it, with a zone and up to nine digits of a second's fraction.
struct Timestamp: Comparable, Hashable {
    private let seconds: Int64
    private let nanoseconds: Int64

    init?(_ text: String) {
        var rest = text.utf8[...]
        func number(_ digits: Int) -> Int64? {
            let field = rest.prefix(digits)
            guard field.count == digits, field.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            rest = rest.dropFirst(digits)
            return Int64(String(decoding: field, as: UTF8.self))
        }
        func take(_ characters: String) -> Bool {
            guard let first = rest.first, characters.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2), take("Tt"),
            let hour = number(2), take(":"), let minute = number(2), take(":"), let second = number(2),
            (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if take(".") {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard (1...9).contains(digits.count), let value = number(digits.count) else { return nil }
            fraction = (digits.count..<9).reduce(value) { value, _ in value * 10 }
        }
        var offset: Int64 = 0
        if !take("Zz") {
            let sign: Int64 = rest.first == UInt8(ascii: "-") ? -1 : 1
            guard take("+-"), let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60 else {
                return nil
            }
            offset = sign * (hours * 3600 + minutes * 60)
        }
        guard rest.isEmpty else { return nil }
        seconds = Self.dayNumber(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
        nanoseconds = fraction
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days in the proleptic Gregorian calendar, counted from the first of March so that leap days come last.
    private static func dayNumber(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? month - 3 : month + 9
        let base = month > 2 ? year : year - 1
        return base * 365 + (base + 4) / 4 - (base + 100) / 100 + (base + 400) / 400 + (153 * shifted + 2) / 5 + day
    }

    static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}
