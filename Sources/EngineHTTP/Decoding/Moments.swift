import OCI

/// Moments in queries: seconds since 1970, perhaps with a fraction (moby `api/types/time`, `ParseTimestamps`).
enum Moments {
    /// Nanoseconds since 1970; nil where the text is empty.
    ///
    /// - Throws: `BadRequest` in Go's words.
    static func nanoseconds(_ text: String?) throws(BadRequest) -> Int64? {
        guard let text, !text.isEmpty else { return nil }
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let seconds = Int64(parts[0]) else { throw fault(String(parts[0])) }
        guard parts.count == 2 else { return product(seconds) }
        let digits = parts[1].prefix(9)
        guard let fraction = Int64(digits), fraction >= 0 else { throw fault(String(parts[1])) }
        let scale = (digits.count..<9).reduce(Int64(1)) { product, _ in product * 10 }
        return product(seconds) &+ fraction * scale
    }

    private static func product(_ seconds: Int64) -> Int64 {
        let (product, isOver) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return isOver ? (seconds < 0 ? .min : .max) : product
    }

    private static func fault(_ text: String) -> BadRequest {
        BadRequest("strconv.ParseInt: parsing \"\(text)\": invalid syntax")
    }
}
