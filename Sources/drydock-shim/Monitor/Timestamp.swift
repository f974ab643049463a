/// RFC 3339 in UTC with nanoseconds, trailing zeros cut, as Go's time.RFC3339Nano writes it.
enum Timestamp {
    static func append(_ nanoseconds: Int64, to buffer: inout [UInt8]) {
        let seconds = nanoseconds / 1_000_000_000
        var fraction = UInt64(nanoseconds % 1_000_000_000)
        let days = seconds / 86400
        let rest = UInt64(seconds % 86400)
        let (year, month, day) = civil(days)
        Decimal.append(UInt64(year), width: 4, to: &buffer)
        buffer.append(UInt8(ascii: "-"))
        Decimal.append(UInt64(month), width: 2, to: &buffer)
        buffer.append(UInt8(ascii: "-"))
        Decimal.append(UInt64(day), width: 2, to: &buffer)
        buffer.append(UInt8(ascii: "T"))
        Decimal.append(rest / 3600, width: 2, to: &buffer)
        buffer.append(UInt8(ascii: ":"))
        Decimal.append(rest / 60 % 60, width: 2, to: &buffer)
        buffer.append(UInt8(ascii: ":"))
        Decimal.append(rest % 60, width: 2, to: &buffer)
        if fraction > 0 {
            buffer.append(UInt8(ascii: "."))
            var width = 9
            while fraction % 10 == 0 {
                fraction /= 10
                width -= 1
            }
            Decimal.append(fraction, width: width, to: &buffer)
        }
        buffer.append(UInt8(ascii: "Z"))
    }

    /// The date of a day counted from 1970-01-01, by shifting the year to begin in March so that leap days come last.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

/// Decimal digits, padded with zeros.
enum Decimal {
    static func append(_ value: UInt64, width: Int, to buffer: inout [UInt8]) {
        let start = buffer.count
        var rest = value
        repeat {
            buffer.insert(UInt8(ascii: "0") + UInt8(rest % 10), at: start)
            rest /= 10
        } while rest > 0
        while buffer.count - start < width { buffer.insert(UInt8(ascii: "0"), at: start) }
    }
}
