#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Numbers and times as people read them, in go-units' way.
enum Units {
    /// `1.98MB`: powers of 1000, three significant digits.
    static func humanSize(_ bytes: Double, precision: Int = 3) -> String {
        scaled(bytes, base: 1000, units: ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"], precision: precision)
    }

    /// `612KiB`: powers of 1024, four significant digits.
    static func bytesSize(_ bytes: Double) -> String {
        scaled(bytes, base: 1024, units: ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"], precision: 4)
    }

    private static func scaled(_ size: Double, base: Double, units: [String], precision: Int) -> String {
        var size = size
        var index = 0
        while size >= base, index < units.count - 1 {
            size /= base
            index += 1
        }
        return Decimal.significant(size, digits: precision) + units[index]
    }

    /// `Less than a second`, `About a minute`, `2 hours`, … from whole seconds.
    static func humanDuration(_ seconds: Int64) -> String {
        let minutes = seconds / 60
        let hours = Int64((Double(seconds) / 3600).rounded())
        switch seconds {
        case ..<1: return "Less than a second"
        case 1: return "1 second"
        case ..<60: return "\(seconds) seconds"
        default: break
        }
        if minutes == 1 { return "About a minute" }
        if minutes < 60 { return "\(minutes) minutes" }
        if hours == 1 { return "About an hour" }
        if hours < 48 { return "\(hours) hours" }
        if hours < 24 * 7 * 2 { return "\(hours / 24) days" }
        if hours < 24 * 30 * 2 { return "\(hours / 24 / 7) weeks" }
        if hours < 24 * 365 * 2 { return "\(hours / 24 / 30) months" }
        return "\(seconds / 3600 / 24 / 365) years"
    }

    /// `2026-11-24 00:14:08 +0000 UTC`, as Go writes a time; a fraction comes with its point.
    static func goTime(_ seconds: Int64, _ zone: LocalZone, fraction: String = "") -> String {
        CivilTime(seconds + zone.offset).text(separator: " ", zone: "\(fraction) \(zone.sign()) \(zone.abbreviation)")
    }

    /// `2026-11-24T00:14:08Z`; a fraction comes with its point.
    static func rfc3339(_ seconds: Int64, _ zone: LocalZone, fraction: String = "") -> String {
        CivilTime(seconds + zone.offset).text(separator: "T", zone: fraction + zone.rfc3339)
    }
}

/// Decimal texts as C and Go write them.
enum Decimal {
    /// `%.*g`.
    static func significant(_ value: Double, digits: Int) -> String { text(value, "%.\(digits)g") }

    /// `%.*f`.
    static func fixed(_ value: Double, digits: Int) -> String { text(value, "%.\(digits)f") }

    private static func text(_ value: Double, _ format: String) -> String {
        // The longest double has 309 digits before its point; no format here asks for many after it.
        String(unsafeUninitializedCapacity: 512) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { characters in
                let length = withVaList([value]) { vsnprintf(characters.baseAddress, characters.count, format, $0) }
                return min(max(0, Int(length)), characters.count - 1)
            }
        }
    }
}

/// A moment in UTC by its calendar parts (proleptic Gregorian).
struct CivilTime: Sendable {
    var year: Int64
    var month: Int64
    var day: Int64
    var secondOfDay: Int64
    var weekday: Int

    init(_ seconds: Int64) {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        secondOfDay = seconds - days * 86_400
        weekday = Int(((days % 7) + 11) % 7)
        // Days since 0000-03-01, counted in eras of 400 years.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    func text(separator: String, zone: String) -> String {
        "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))\(separator)\(clock)\(zone)"
    }

    var clock: String { "\(pad(secondOfDay / 3600, 2)):\(pad(secondOfDay / 60 % 60, 2)):\(pad(secondOfDay % 60, 2))" }

    /// `Tue Sep 15 11:02:57 2026`, as Go's time.ANSIC.
    var ansi: String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(days[weekday]) \(months[Int(month) - 1]) \(day < 10 ? " " : "")\(day) \(clock) \(year)"
    }

    private func pad(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// A moment that was read, and what its text said of its zone.
    struct Parsed: Sendable {
        /// Since 1970.
        var seconds: Int64
        var nanoseconds: Int64
        /// Seconds east of Greenwich; 0 where the text had no zone.
        var offset: Int64 = 0
        var hasZone = false
    }

    /// An RFC 3339 text, or docker's shorter forms (`2006-01-02`, `2006-01-02T15:04`), as UTC where it names no zone.
    static func parse(_ text: String) -> Parsed? {
        let halves = text.split(maxSplits: 1, whereSeparator: { $0 == "T" || $0 == " " })
        let date = halves.first.map { $0.split(separator: "-").map { Int64($0) } } ?? []
        guard date.count == 3, let year = date[0], let month = date[1], let day = date[2], (1...12).contains(month)
        else {
            return nil
        }
        var seconds = days(year, month, day) * 86_400
        guard halves.count == 2 else { return Parsed(seconds: seconds, nanoseconds: 0) }
        var clock = halves[1]
        var offset: Int64 = 0, hasZone = true
        if clock.hasSuffix("Z") {
            clock.removeLast()
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let zone = clock[sign...].dropFirst().split(separator: ":").compactMap { Int64($0) }
            guard zone.count == 2 else { return nil }
            offset = (clock[sign] == "-" ? -1 : 1) * (zone[0] * 3600 + zone[1] * 60)
            seconds -= offset
            clock = clock[..<sign]
        } else {
            hasZone = false
        }
        let fraction = clock.split(separator: ".", maxSplits: 1)
        let parts = (fraction.first ?? "").split(separator: ":").map { Int64($0) }
        guard (1...3).contains(parts.count) else { return nil }
        for (part, scale) in zip(parts, [3600, 60, 1] as [Int64]) {
            guard let part else { return nil }
            seconds += part * scale
        }
        let digits = fraction.count == 2 ? fraction[1].prefix(9) : ""
        let nanoseconds = (Int64(digits) ?? 0) * power(10, 9 - digits.count) * (digits.isEmpty ? 0 : 1)
        return Parsed(seconds: seconds, nanoseconds: nanoseconds, offset: offset, hasZone: hasZone)
    }

    private static func power(_ base: Int64, _ exponent: Int) -> Int64 {
        (0..<max(0, exponent)).reduce(1) { value, _ in value * base }
    }

    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
