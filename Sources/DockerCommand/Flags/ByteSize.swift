/// Sizes in bytes as go-units reads them.
enum ByteSize {
    /// `512m`, `1.5g`, `64KiB`, `4096`: powers of 1024, case ignored.
    static func ram(_ text: String) throws(ValueError) -> Int64 {
        guard let last = text.lastIndex(where: { ("0"..."9").contains($0) || $0 == "." || $0 == " " }) else {
            throw ValueError("invalid size: '\(text)'")
        }
        let number = text[last] == " " ? String(text[..<last]) : String(text[...last])
        let suffix = text[text.index(after: last)...].lowercased()
        guard let size = Double(number) else {
            throw ValueError("strconv.ParseFloat: parsing \(GoValue.quote(number)): invalid syntax")
        }
        guard size >= 0 else { throw ValueError("invalid size: '\(text)'") }
        guard let unit = suffix.first else { return Int64(size) }
        let powers: [Character: Double] = ["b": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5]
        let tail = suffix.dropFirst()
        guard let power = powers[unit], tail.isEmpty || (unit != "b" && (tail == "b" || tail == "ib")) else {
            throw ValueError("invalid suffix: '\(suffix)'")
        }
        var factor = 1.0
        for _ in 0..<Int(power) { factor *= 1024 }
        let bytes = size * factor
        guard bytes < 9.2e18 else { throw ValueError("invalid size: '\(text)'") }
        return Int64(bytes)
    }
}
