/// The result as a table for a terminal or, with bars between the columns, for Markdown.
public struct TextTable: Sendable {
    private let result: BenchmarkResult
    private let summary: BenchmarkSummary

    /// The table of a result.
    public init(_ result: BenchmarkResult) {
        self.result = result
        summary = BenchmarkSummary(result)
    }

    private static let head = ["", "endpoint", "n", "min", "p50", "p90", "p99", "against the first"]

    /// For a terminal.
    public var text: String {
        var lines = preamble
        for (title, rows) in sections {
            lines += ["", title]
            let cells = [Self.head] + rows
            let widths = Self.head.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
            for row in cells {
                let padded = row.indices.map { column in
                    let fill = String(repeating: " ", count: widths[column] - row[column].count)
                    return (2...6).contains(column) ? fill + row[column] : row[column] + fill
                }
                lines.append("  " + padded.joined(separator: "  ").trimmedEnd)
            }
        }
        return (lines + remarks).joined(separator: "\n") + "\n"
    }

    /// For a page.
    public var markdown: String {
        var lines = preamble.map { "\($0)  " }
        for (title, rows) in sections {
            lines += ["", "### \(title)", "", "| phase | " + Self.head.dropFirst().joined(separator: " | ") + " |"]
            lines.append("|---|---|--:|--:|--:|--:|--:|---|")
            lines += rows.map { "| " + $0.joined(separator: " | ") + " |" }
        }
        return (lines + remarks).joined(separator: "\n") + "\n"
    }

    private var preamble: [String] {
        let load = result.load
        var lines = ["Startup benchmark, milliseconds, \(result.machine)"]
        lines += result.endpoints.map { "\($0.name): \($0.description)" }
        lines.append(
            "load before \(Milliseconds.fixed(load.before.average, 2)), after \(Milliseconds.fixed(load.after.average, 2))"
        )
        if load.before.isBusy {
            lines.append("The machine was busy: these figures say as much of its other work as of what was measured.")
        }
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
                let values = [
                    figures.minimum, figures.median, figures.quantile(0.9), figures.quantile(0.99),
                ].map(Milliseconds.text)
                sections[sections.count - 1].1.append(
                    [index == 0 ? row.phase : "", cell.endpoint, String(figures.count)] + values
                        + [cell.ratio?.description ?? ""])
            }
        }
        return sections
    }

    private var remarks: [String] {
        var remarks = result.refusalLines
        var told: Set<String> = []
        for sample in result.samples {
            guard let failure = sample.failure else { continue }
            let text = "does not count: \(sample.workload) (\(sample.variant)) on \(sample.endpoint): \(failure)"
            if told.insert(text).inserted { remarks.append(text) }
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
