import RawJSON

/// The messages of pull, load and import as docker shows them: on a terminal a line a layer, redrawn in place; elsewhere
/// a line a message, without those that only say how far.
struct ProgressDisplay: Sendable {
    /// Whether lines can be redrawn.
    let isTerminal: Bool
    /// The terminal's width now.
    let width: @Sendable () -> Int
    let zone: @Sendable (Int64) -> LocalZone
    let now: @Sendable () -> Int64
    /// The line of each layer, counted from the first of those drawn together.
    private var lines: [String: Int] = [:]

    init(
        isTerminal: Bool, width: @escaping @Sendable () -> Int, zone: @escaping @Sendable (Int64) -> LocalZone,
        now: @escaping @Sendable () -> Int64
    ) {
        self.isTerminal = isTerminal
        self.width = width
        self.zone = zone
        self.now = now
    }

    /// What a message adds to the output.
    mutating func text(_ message: JSONValue) -> String {
        if let aux = message["aux"], !aux.isNull { return "" }
        let id = message["id"]?.string ?? ""
        let detail = message["progressDetail"]?.object == nil ? nil : message["progressDetail"]
        let legacy = message["progress"]?.string ?? ""
        guard !id.isEmpty, detail != nil || !legacy.isEmpty else {
            // Anything else breaks the block of lines: what follows starts a new one.
            lines = [:]
            return line(message, id, detail, legacy)
        }
        var text = ""
        if lines[id] == nil {
            lines[id] = lines.count
            if isTerminal { text += "\n" }
        }
        let distance = lines.count - (lines[id] ?? 0)
        guard isTerminal else { return text + line(message, id, detail, legacy) }
        return text + "\u{1b}[\(distance)A" + line(message, id, detail, legacy) + "\u{1b}[\(distance)B"
    }

    private func line(_ message: JSONValue, _ id: String, _ detail: JSONValue?, _ legacy: String) -> String {
        let stream = message["stream"]?.string ?? ""
        let bar = detail.map(self.bar)
        var text = ""
        var end = ""
        if isTerminal, stream.isEmpty, bar != nil {
            end = "\r"
            text = "\u{1b}[2K\r"
        } else if let bar, !bar.isEmpty {
            return ""
        }
        text += time(message)
        if !id.isEmpty { text += "\(id): " }
        if let from = message["from"]?.string, !from.isEmpty { text += "(from \(from)) " }
        let status = message["status"]?.string ?? ""
        if let bar, isTerminal { return text + "\(status) \(bar)\(end)" }
        if !legacy.isEmpty { return text + "\(status) \(legacy)\(end)" }
        return stream.isEmpty ? text + "\(status)\(end)\n" : text + stream + end
    }

    private func time(_ message: JSONValue) -> String {
        let nanoseconds = message["timeNano"]?.int64 ?? (message["time"]?.int64 ?? 0) * 1_000_000_000
        guard nanoseconds != 0 else { return "" }
        let fraction = String(nanoseconds % 1_000_000_000), seconds = nanoseconds / 1_000_000_000
        let padded = "." + String(repeating: "0", count: max(0, 9 - fraction.count)) + fraction
        return Units.rfc3339(seconds, zone(seconds), fraction: padded) + " "
    }

    /// `[====>   ] 512B/1.024kB 3s`; the box only where the terminal is wider than 110 columns.
    private func bar(_ detail: JSONValue) -> String {
        let current = detail["current"]?.int64 ?? 0, total = detail["total"]?.int64 ?? 0
        let unit = detail["units"]?.string ?? ""
        guard current > 0 || total > 0 else { return "" }
        guard total > 0 else { return unit.isEmpty ? Self.right(Self.size(current), 8) : "\(current) \(unit)" }
        let half = min(50, Int(Double(current) / Double(total) * 100) / 2)
        var text = ""
        let columns = width()
        if columns > 110 {
            let done = String(repeating: "=", count: max(0, half))
            text += "[\(done)>\(String(repeating: " ", count: max(0, 50 - half)))] "
        }
        if detail["hidecounts"]?.bool != true {
            if unit.isEmpty {
                text += Self.right(Self.size(current), 8) + (current > total ? "" : "/\(Self.size(total))")
            } else {
                text += current > total ? "\(current) \(unit)" : "\(current)/\(total) \(unit)"
            }
        }
        if current > 0, let start = detail["start"]?.int64, start > 0, columns > 50 {
            text += " \(Self.duration((now() - start) * (total - current) / current))"
        }
        return text
    }

    private static func size(_ bytes: Int64) -> String { Units.humanSize(Double(bytes), precision: 4) }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// `1h2m3s`, as Go writes whole seconds.
    private static func duration(_ seconds: Int64) -> String {
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        return (hours > 0 ? "\(hours)h" : "") + (hours > 0 || minutes > 0 ? "\(minutes)m" : "") + "\(rest)s"
    }
}
