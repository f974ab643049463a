/// One line of a json-file log: `{"log":"text\n","stream":"stdout","attrs":{…},"time":"2026-01-02T03:04:05.678Z"}`.
enum JSONLine {
    static func append(
        _ text: [UInt8], isComplete: Bool, isStandardOutput: Bool, attributes: CString?, _ time: Int64,
        to buffer: inout [UInt8]
    ) {
        add("{\"log\":\"", to: &buffer)
        escape(text, to: &buffer)
        if isComplete { add("\\n", to: &buffer) }
        add(isStandardOutput ? "\",\"stream\":\"stdout\"" : "\",\"stream\":\"stderr\"", to: &buffer)
        if let attributes, attributes[0] != 0 {
            add(",\"attrs\":", to: &buffer)
            var index = 0
            while attributes[index] != 0 {
                buffer.append(UInt8(bitPattern: attributes[index]))
                index += 1
            }
        }
        add(",\"time\":\"", to: &buffer)
        Timestamp.append(time, to: &buffer)
        add("\"}\n", to: &buffer)
    }

    private static func add(_ text: StaticString, to buffer: inout [UInt8]) {
        buffer.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Escapes as moby's jsonlog writer does: HTML characters and line separators, too; what is not UTF-8 becomes U+FFFD.
    private static func escape(_ text: [UInt8], to buffer: inout [UInt8]) {
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte < 0x80 {
                escapeASCII(byte, to: &buffer)
                index += 1
                continue
            }
            let length = sequenceLength(text, index)
            if length == 0 {
                add("\\ufffd", to: &buffer)
                index += 1
            } else if length == 3, byte == 0xE2, text[index + 1] == 0x80, text[index + 2] & 0xFE == 0xA8 {
                add(text[index + 2] == 0xA8 ? "\\u2028" : "\\u2029", to: &buffer)
                index += 3
            } else {
                buffer.append(contentsOf: text[index..<index + length])
                index += length
            }
        }
    }

    private static func escapeASCII(_ byte: UInt8, to buffer: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            buffer.append(UInt8(ascii: "\\"))
            buffer.append(byte)
        case UInt8(ascii: "\n"): add("\\n", to: &buffer)
        case UInt8(ascii: "\r"): add("\\r", to: &buffer)
        case 0..<0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            add("\\u00", to: &buffer)
            buffer.append(hexDigit(byte >> 4))
            buffer.append(hexDigit(byte & 15))
        default: buffer.append(byte)
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// How many bytes the UTF-8 sequence at that place has; 0 where it is none (RFC 3629).
    private static func sequenceLength(_ text: [UInt8], _ index: Int) -> Int {
        let first = text[index]
        let length: Int
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF: length = 3
        case 0xF0...0xF4: length = 4
        default: return 0
        }
        guard index + length <= text.count else { return 0 }
        for offset in 1..<length where text[index + offset] & 0xC0 != 0x80 { return 0 }
        let second = text[index + 1]
        switch first {
        case 0xE0 where second < 0xA0, 0xED where second > 0x9F, 0xF0 where second < 0x90, 0xF4 where second > 0x8F:
            return 0
        default: return length
        }
    }
}

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
