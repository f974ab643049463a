import OCI

extension FilterArguments {
    /// - Throws: `invalidArgument` (`invalid filter 'flavour'`) for a name that is not among those known.
    func check(_ known: Set<String>) throws(EngineError) {
        for name in values.keys.sorted() where !known.contains(name) {
            throw EngineError(.invalidArgument, "invalid filter '\(name)'")
        }
    }

    /// Whether a filter of yes and no says yes; nil where it is absent.
    func flag(_ name: String) throws(EngineError) -> Bool? {
        guard let given = values[name], !given.isEmpty else { return nil }
        let answers = Set(
            given.compactMap { text -> Bool? in
                switch text.lowercased() {
                case "1", "t", "true": true
                case "0", "f", "false": false
                default: nil
                }
            })
        guard answers.count == 1, given.allSatisfy({ ["1", "t", "true", "0", "f", "false"].contains($0.lowercased()) })
        else {
            throw EngineError(.invalidArgument, "invalid filter '\(name)=[\(given.joined(separator: " "))]'")
        }
        return answers.first
    }

    /// Whether labels fit `label`, all of them, and none of `label!`.
    func acceptsLabels(_ labels: [String: String]) -> Bool {
        self["label"].allSatisfy { Self.matches($0, labels) } && !self["label!"].contains { Self.matches($0, labels) }
    }

    private static func matches(_ wanted: String, _ labels: [String: String]) -> Bool {
        let parts = wanted.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let value = labels[parts[0]] else { return false }
        return parts.count == 1 || value == parts[1]
    }

    /// The moment of `until`, nanoseconds since 1970: a time, seconds since 1970, or how long ago (`24h`).
    func until() throws(EngineError) -> Int64? {
        let given = self["until"]
        guard let text = given.first else { return nil }
        guard given.count == 1 else {
            throw EngineError(.invalidArgument, "more than one until filter specified")
        }
        guard let moment = Moment.nanoseconds(text) else {
            throw EngineError(.invalidArgument, "invalid filter 'until=\(text)'")
        }
        return moment
    }
}

/// Moments as docker's users write them.
enum Moment {
    /// RFC 3339, a date, seconds since 1970 with a fraction, or a Go duration before now; nil for anything else.
    static func nanoseconds(_ text: String) -> Int64? {
        if let seconds = unixTime(text) { return seconds }
        if let span = duration(text) { return Timestamp.now.nanosecondsSince1970 - span }
        if let moment = Timestamp(parsing: text) { return moment.nanosecondsSince1970 }
        for tail in ["T00:00:00Z", ":00Z", ":00:00Z"] {
            if let moment = Timestamp(parsing: text + tail) { return moment.nanosecondsSince1970 }
        }
        return nil
    }

    private static func unixTime(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let seconds = Int64(parts[0]), seconds.magnitude < 1 << 33 else { return nil }
        guard parts.count == 2 else { return seconds * 1_000_000_000 }
        let digits = parts[1].prefix(9)
        guard digits.allSatisfy(\.isASCII),
            let fraction = Int64(digits + String(repeating: "0", count: 9 - digits.count))
        else { return nil }
        return seconds * 1_000_000_000 + fraction
    }

    private static func duration(_ text: String) -> Int64? {
        let units: [(String, Double)] = [
            ("ms", 1e6), ("us", 1e3), ("ns", 1), ("h", 3600e9), ("m", 60e9), ("s", 1e9),
        ]
        var rest = text[...]
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            guard let number = Double(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            guard let unit = units.first(where: { rest.hasPrefix($0.0) }) else { return nil }
            total += number * unit.1
            rest = rest.dropFirst(unit.0.count)
        }
        return total < 9e18 ? Int64(total) : nil
    }
}
