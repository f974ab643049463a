/// A moment as RFC 3339 writes it, to be compared: `2024-05-01T12:00:00.123456789Z`, `…+02:00`.
struct Timestamp: Comparable {
    /// Seconds since 1970, UTC.
    let seconds: Int64
    let nanoseconds: Int64

    init?(parsing text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            let digits = bytes[range]
            guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return Int64(String(decoding: digits, as: UTF8.self))
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month)
        else { return nil }
        var rest = bytes[19...]
        var fraction: Int64 = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            let padded = String(decoding: digits.prefix(9), as: UTF8.self)
            fraction = Int64(padded + String(repeating: "0", count: 9 - padded.utf8.count)) ?? 0
            rest = rest.dropFirst(1 + digits.count)
        }
        var offset: Int64 = 0
        if let sign = rest.first, sign != UInt8(ascii: "Z"), sign != UInt8(ascii: "z") {
            let start = rest.startIndex
            guard let hours = number(start + 1..<start + 3), let minutes = number(start + 4..<start + 6) else {
                return nil
            }
            offset = (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
        }
        seconds = Self.days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
        nanoseconds = fraction
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in eras of 400 years from 1 March.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468
    }

    static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}
