/// A moment as RFC 3339 writes it: `2024-05-01T12:00:00.123456789Z`, `…+02:00`.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Seconds since 1970, UTC.
    public let seconds: Int64
    /// Nanoseconds within that second.
    public let nanoseconds: Int64

    /// A moment by nanoseconds since 1970.
    public init(nanosecondsSince1970 value: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 1_000_000_000)
        seconds = remainder < 0 ? quotient - 1 : quotient
        nanoseconds = remainder < 0 ? remainder + 1_000_000_000 : remainder
    }

    /// A moment by seconds since 1970 and the nanoseconds within that second, as stat(2) has it.
    public init(secondsSince1970 seconds: Int64, nanoseconds: Int64) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// A moment as written; nil for a text that is none.
    public init?(parsing text: String) {
        var text = text
        let parsed = text.withUTF8 { Self(parsing: UnsafeRawBufferPointer($0)) }
        guard let parsed else { return nil }
        self = parsed
    }

    /// A moment as written, in UTF-8.
    public init?(parsing bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 19, let year = Self.number(bytes, 0, 4), let month = Self.number(bytes, 5, 2),
            let day = Self.number(bytes, 8, 2), let hour = Self.number(bytes, 11, 2),
            let minute = Self.number(bytes, 14, 2), let second = Self.number(bytes, 17, 2), (1...12).contains(month)
        else { return nil }
        var position = 19
        var fraction: Int64 = 0
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            var weight: Int64 = 100_000_000
            while position < bytes.count, let digit = Self.digit(bytes[position]) {
                fraction += digit * weight
                weight /= 10
                position += 1
            }
        }
        var offset: Int64 = 0
        if position < bytes.count, bytes[position] | 0x20 != UInt8(ascii: "z") {
            guard let hours = Self.number(bytes, position + 1, 2), let minutes = Self.number(bytes, position + 4, 2)
            else { return nil }
            offset = (hours * 3600 + minutes * 60) * (bytes[position] == UInt8(ascii: "-") ? -1 : 1)
        }
        seconds = Self.days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
        nanoseconds = fraction
    }

    /// Nanoseconds since 1970; moments out of reach (before 1677, after 2262) are put to the nearest one.
    public var nanosecondsSince1970: Int64 {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, isOver) = product.addingReportingOverflow(nanoseconds)
        return isOver ? .max : sum
    }

    /// In UTC with nanoseconds, trailing zeros cut, as Go's time.RFC3339Nano writes it.
    public var description: String { text(fractionDigits: nil) }

    /// In UTC with nine digits of the second, as `docker logs --timestamps` shows it.
    public var fixedDescription: String { text(fractionDigits: 9) }

    private func text(fractionDigits: Int?) -> String {
        let (days, rest) = seconds >= 0 ? (seconds / 86400, seconds % 86400) : Self.floored(seconds)
        let (year, month, day) = Self.civil(days)
        var text = ""
        text.reserveCapacity(30)
        Self.append(year, 4, to: &text)
        for (mark, value) in [("-", month), ("-", day), ("T", rest / 3600), (":", rest / 60 % 60), (":", rest % 60)] {
            text += mark
            Self.append(value, 2, to: &text)
        }
        var (fraction, width) = (nanoseconds, 9)
        if fractionDigits == nil {
            while width > 0, fraction % 10 == 0 {
                fraction /= 10
                width -= 1
            }
        }
        if width > 0 {
            text += "."
            Self.append(fraction, width, to: &text)
        }
        return text + "Z"
    }

    /// Orders moments by time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    private static func floored(_ seconds: Int64) -> (Int64, Int64) {
        let days = (seconds + 1) / 86400 - 1
        return (days, seconds - days * 86400)
    }

    private static func append(_ value: Int64, _ width: Int, to text: inout String) {
        let digits = String(value)
        for _ in 0..<max(0, width - digits.utf8.count) { text += "0" }
        text += digits
    }

    private static func digit(_ byte: UInt8) -> Int64? { byte &- 0x30 < 10 ? Int64(byte &- 0x30) : nil }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Int64? {
        guard start + count <= bytes.count else { return nil }
        var value: Int64 = 0
        for index in start..<start + count {
            guard let digit = digit(bytes[index]) else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in eras of 400 years from 1 March.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468
    }

    /// The date of such a day.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719468
        let era = (shifted >= 0 ? shifted : shifted - 146096) / 146097
        let dayOfEra = shifted - era * 146097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
