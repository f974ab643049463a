/// A failure in plain lines, as the reports quote it; the terminal view lays the same parts out in columns.
enum FailureText {
    /// Title, place, and for each difference the command, what was expected, what came, and the wire.
    static func lines(_ result: CaseResult) -> [String] {
        var lines = ["\(result.identity.title) (\(result.identity.level)), \(result.place)"]
        if !result.reason.isEmpty { lines.append(result.reason) }
        for departure in result.departures {
            lines.append("\(result.identity.file):\(departure.line): \(departure.command)")
            lines.append("  expected: \(departure.expected)")
            lines.append("  got: \(departure.got)")
            lines += departure.wire.map { "  wire: \($0)" }
        }
        return lines
    }

    /// The text without its line breaks, for places that want one line.
    static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
