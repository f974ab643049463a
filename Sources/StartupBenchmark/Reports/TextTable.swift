/// The result as a table for a terminal or, with bars between the columns, for Markdown.
public struct TextTable: Sendable {
    private let summary: BenchmarkSummary
    private let targets: TargetTable

    /// The table of a result.
    public init(_ summary: BenchmarkSummary) {
        self.summary = summary
        targets = TargetTable(summary)
    }

    private var result: BenchmarkResult { summary.result }

    private var head: [String] {
        ["", "endpoint", "n", "min", "p50", "p90", "p99", "p99/p50", "outliers", "against the floor"]
            + (summary.roles.baseline.map { ["against \($0)"] } ?? [])
    }

    /// For a terminal.
    public var text: String {
        var lines = preamble
        for (title, rows) in sections { lines += ["", title] + Self.aligned([head] + rows, right: 2...8) }
        if targets.isMeasured {
            let rows = [TargetTable.head] + targets.lines
            lines += ["", "targets"] + Self.aligned(rows, right: 9...9)
        }
        return (lines + remarks(bullet: "")).joined(separator: "\n") + "\n"
    }

    private static func aligned(_ rows: [[String]], right: ClosedRange<Int>) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            let padded = row.indices.map { column in
                let fill = String(repeating: " ", count: widths[column] - row[column].count)
                return right.contains(column) ? fill + row[column] : row[column] + fill
            }
            return "  " + padded.joined(separator: "  ").trimmedEnd
        }
    }

    /// For a page.
    public var markdown: String {
        var lines = ["# Container startup", ""] + preamble.map { "\($0)  " }
        if targets.isMeasured { lines += ["", "## Targets", ""] + targets.markdown }
        lines += ["", "## Figures"]
        for (title, rows) in sections {
            lines += ["", "### \(title)", "", "| phase | " + head.dropFirst().joined(separator: " | ") + " |"]
            lines.append("|---|---|--:|--:|--:|--:|--:|--:|--:|" + String(repeating: "---|", count: head.count - 9))
            lines += rows.map { "| " + $0.joined(separator: " | ") + " |" }
        }
        let left = remarks(bullet: "- ")
        return (lines + (left.isEmpty ? [] : ["", "## Left out"] + left)).joined(separator: "\n") + "\n"
    }

    private var preamble: [String] {
        let load = result.load
        var lines = ["Container startup, milliseconds unless said otherwise, \(result.machine)"]
        lines += result.endpoints.map { "\($0.name): \($0.description)" }
        let (before, after) = (Figures.fixed(load.before.average, 2), Figures.fixed(load.after.average, 2))
        lines.append("load before \(before), after \(after)")
        if let warning = result.warning { lines.append(warning) }
        return lines
    }

    private var sections: [(title: String, rows: [[String]])] {
        var sections: [(String, [[String]])] = []
        for row in summary.rows {
            let title =
                "\(row.workload): \(result.workloads.first { $0.id == row.workload }?.title ?? "") (\(row.variant))"
            if sections.last?.0 != title { sections.append((title, [])) }
            for (index, cell) in row.cells.enumerated() {
                let figures = cell.distribution
                let values = [figures.minimum, figures.median, figures.quantile(0.9), figures.quantile(0.99)]
                let unit = row.unit == .milliseconds ? "" : ", \(row.unit.rawValue)"
                var line = [index == 0 ? row.phase + unit : "", cell.endpoint, String(figures.count)]
                line += values.map(Figures.text)
                line += [figures.spread.map(Figures.factor) ?? "", String(figures.outliers)]
                line.append(cell.overFloor?.times ?? "")
                if summary.roles.baseline != nil { line.append(cell.overBaseline?.words(row.unit) ?? "") }
                sections[sections.count - 1].1.append(line)
            }
        }
        return sections
    }

    private func remarks(bullet: String) -> [String] {
        let remarks = (result.refusalLines + result.failureLines).map { line in
            bullet + line.split(separator: "\n").joined(separator: " ")
        }
        return remarks.isEmpty ? [] : [""] + remarks
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
