/// Durations as Go's `time.ParseDuration` reads them: `300ms`, `1.5h`, `2h45m`.
enum GoDuration {
    /// Nanoseconds.
    static func parse(_ text: String) throws(ValueError) -> Int64 {
        let invalid = ValueError("time: invalid duration \(GoValue.quote(text))")
        var rest = Substring(text)
        var negative = false
        if let sign = rest.first, sign == "-" || sign == "+" {
            negative = sign == "-"
            rest = rest.dropFirst()
        }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { throw invalid }
        var total = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            guard let value = Double(number == "." ? "" : "0" + number) else { throw invalid }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !("0"..."9").contains($0) && $0 != "." }
            guard !unit.isEmpty else { throw ValueError("time: missing unit in duration \(GoValue.quote(text))") }
            guard let scale = scales[String(unit)] else {
                throw ValueError("time: unknown unit \(GoValue.quote(String(unit))) in duration \(GoValue.quote(text))")
            }
            rest = rest.dropFirst(unit.count)
            total += value * scale
        }
        guard total < 9.2e18 else { throw invalid }
        return Int64(total.rounded()) * (negative ? -1 : 1)
    }

    private static let scales: [String: Double] = [
        "ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9,
    ]
}
