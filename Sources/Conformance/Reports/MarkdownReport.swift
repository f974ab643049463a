/// A Markdown summary of one run: counts, a table of areas, every case that is not as expected.
enum MarkdownReport {
    private static let columns: [Verdict] = [
        .pass, .fail, .timeout, .error, .flaky, .xfail, .xpass, .unsupported, .skip,
    ]

    static func document(run: RunDescription, results: [CaseResult], summary: RunSummary) -> String {
        var lines = ["# \(run.product.title)", ""]
        lines.append(
            "API \(run.api), driver `\(run.driver)`, \(results.count) cases, \(run.jobs) at once, seed \(run.seed), "
                + "\(TerminalText.seconds(summary.duration)), \(summary.leftovers.count) left behind.")
        if summary.interrupted { lines += ["", "**The run was interrupted.**"] }
        let used = columns.filter { summary.count($0) > 0 || $0 == .pass || $0 == .fail }
        var table = [["Area"] + used.map(\.phrase) + ["all"]]
        for area in AreaTally.all(results) {
            table.append([area.name] + used.map { String(area.count($0)) } + [String(area.total)])
        }
        table.append(["**all**"] + used.map { "**\(summary.count($0))**" } + ["**\(results.count)**"])
        lines += [""] + MarkdownTable.lines(table, numbers: true)
        for verdict in [Verdict.fail, .timeout, .error, .flaky, .xpass, .xfail, .unsupported, .skip] {
            lines += section(verdict, results)
        }
        if !summary.leftovers.isEmpty {
            lines += ["", "## Left behind", ""] + summary.leftovers.map { "- \($0)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func section(_ verdict: Verdict, _ results: [CaseResult]) -> [String] {
        let members = results.filter { $0.verdict == verdict }.sorted { $0.identity.id < $1.identity.id }
        guard !members.isEmpty else { return [] }
        var lines = ["", "## \(verdict.phrase.prefix(1).uppercased())\(verdict.phrase.dropFirst())", ""]
        for result in members {
            lines.append("- `\(result.identity.id)` (\(result.identity.level)): \(detail(result))")
            guard !verdict.isAsExpected, verdict != .xpass else { continue }
            for departure in result.departures.prefix(5) {
                lines += [
                    "", "  ```text",
                    "  \(result.identity.file):\(departure.line): \(FailureText.oneLine(departure.command))",
                ]
                lines += departure.expected.split(separator: "\n").map { "  expected  \($0)" }
                lines += departure.got.split(separator: "\n").map { "  got       \($0)" }
                lines += departure.wire.map { "  wire      \($0)" } + ["  ```"]
            }
        }
        return lines
    }

    private static func detail(_ result: CaseResult) -> String {
        if let expectation = result.expectation {
            return MarkdownTable.escaped(expectation.reason) + (expectation.link.map { " (<\($0)>)" } ?? "")
        }
        return MarkdownTable.escaped(result.reason.isEmpty ? result.identity.title : FailureText.oneLine(result.reason))
    }
}

/// A Markdown table whose columns line up as plain text too.
enum MarkdownTable {
    /// - Parameter numbers: whether all columns but the first hold numbers, which stand to the right.
    static func lines(_ rows: [[String]], numbers: Bool = false) -> [String] {
        guard let head = rows.first else { return [] }
        let widths = head.indices.map { column in max(3, rows.map { $0[column].count }.max() ?? 3) }
        func line(_ cells: [String]) -> String {
            let padded = cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return numbers && column > 0 ? space + cell : cell + space
            }
            return "| \(padded.joined(separator: " | ")) |"
        }
        let rule = widths.enumerated().map { column, width in
            numbers && column > 0
                ? String(repeating: "-", count: width - 1) + ":" : String(repeating: "-", count: width)
        }
        return [line(head), "| \(rule.joined(separator: " | ")) |"] + rows.dropFirst().map(line)
    }

    static func escaped(_ text: String) -> String {
        text.map { $0 == "|" || $0 == "<" || $0 == "*" ? "\\\($0)" : String($0) }.joined()
    }
}
