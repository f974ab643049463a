import RawJSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Several runs, each read from its NDJSON report, as one Markdown page: products in columns, areas in rows.
public struct SideBySide: Sendable {
    /// One run as its NDJSON report tells it.
    public struct Run: Sendable {
        /// The last line's object: product, api, driver, counts.
        public var summary: JSONValue
        /// The lines of the cases.
        public var cases: [JSONValue]

        var product: String { summary["product"]?.string ?? "unknown" }
        var driver: String { summary["driver"]?.string ?? "api" }

        func count(_ verdict: Verdict, area: String?) -> Int {
            cases.count { $0["verdict"]?.string == verdict.rawValue && (area == nil || $0["area"]?.string == area) }
        }

        func total(area: String?) -> Int {
            area == nil ? cases.count : cases.count { $0["area"]?.string == area }
        }
    }

    /// The runs, in the order of the columns.
    public var runs: [Run]

    /// Reads NDJSON reports.
    ///
    /// - Throws: `ReportError` naming the file that cannot be read or is no NDJSON report of a whole run.
    public init(files: [String]) throws(ReportError) {
        runs = []
        for file in files {
            let text: String
            do {
                text = try String(contentsOfFile: file, encoding: .utf8)
            } catch {
                throw ReportError(description: "cannot read \(file). Does it exist?")
            }
            runs.append(try Self.run(text, file: file))
        }
    }

    static func run(_ text: String, file: String) throws(ReportError) -> Run {
        var run: Run?
        var cases: [JSONValue] = []
        for (index, line) in text.split(separator: "\n").enumerated() {
            guard let value = try? JSONValue.parse(Array(line.utf8)) else {
                throw ReportError(
                    description: "\(file):\(index + 1): not JSON. Give files that `--report ndjson=` wrote.")
            }
            if let summary = value["summary"] {
                run = Run(summary: summary, cases: cases)
            } else {
                cases.append(value)
            }
        }
        guard let run else {
            throw ReportError(description: "\(file): no summary line, so the run did not end. Replay it.")
        }
        return run
    }

    /// The page.
    public func markdown() -> String {
        var lines = [
            "# Results", "", "What the suite says about real daemons. Regenerate this page, do not edit it.", "",
        ]
        lines += [
            "A cell gives the cases that hold out of those that apply (skipped and unsupported ones do not count).",
            "",
        ]
        lines += MarkdownTable.lines(table(), numbers: true)
        for run in runs { lines += departures(run) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func table() -> [[String]] {
        let titles = runs.map { run in
            let twin = runs.count { $0.product == run.product } > 1
            return run.product + (twin ? " (\(run.driver))" : "")
        }
        var rows = [["Area"] + titles]
        for area in AreaTally.sorted(Array(Set(runs.flatMap { $0.cases.compactMap { $0["area"]?.string } }))) {
            rows.append([area] + runs.map { cell($0, area: area) })
        }
        rows.append(["**all**"] + runs.map { "**\(cell($0, area: nil))**" })
        rows.append(["skipped"] + runs.map { String($0.count(.skip, area: nil)) })
        rows.append(["unsupported"] + runs.map { String($0.count(.unsupported, area: nil)) })
        rows.append(["API"] + runs.map { $0.summary["api"]?.string ?? "?" })
        rows.append(["version"] + runs.map { $0.summary["version"]?.string ?? "?" })
        return rows
    }

    private func cell(_ run: Run, area: String?) -> String {
        let applicable =
            run.total(area: area) - run.count(.skip, area: area) - run.count(.unsupported, area: area)
        return "\(run.count(.pass, area: area) + run.count(.xpass, area: area))/\(applicable)"
    }

    private func departures(_ run: Run) -> [String] {
        let listed = run.cases.filter { entry in
            let verdict = entry["verdict"]?.string.flatMap(Verdict.init(rawValue:))
            return verdict == .xfail || verdict.map { !$0.isAsExpected } ?? true
        }
        var lines = ["", "## \(run.product)", ""]
        guard !listed.isEmpty else { return lines + ["Every case that applies holds."] }
        var rows = [["Case", "Level", "Seen", "Why"]]
        for entry in listed.sorted(by: { ($0["case"]?.string ?? "") < ($1["case"]?.string ?? "") }) {
            rows.append([
                "`\(entry["case"]?.string ?? "?")`", entry["level"]?.string ?? "",
                entry["observed"]?.string ?? entry["verdict"]?.string ?? "", why(entry),
            ])
        }
        lines += MarkdownTable.lines(rows)
        return lines
    }

    private func why(_ entry: JSONValue) -> String {
        let text: String
        if let known = entry["expectation"] {
            let link = known["link"]?.string.map { " (\($0))" } ?? ""
            text = (known["reason"]?.string ?? "") + link
        } else if let departure = entry["departures"]?[0] {
            text = "expected \(departure["expected"]?.string ?? ""), got \(departure["got"]?.string ?? "")"
        } else {
            text = entry["reason"]?.string ?? ""
        }
        return MarkdownTable.escaped(text.split(whereSeparator: \.isNewline).joined(separator: " "))
    }
}
