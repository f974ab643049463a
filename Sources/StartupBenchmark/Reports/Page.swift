/// The result as one page that needs nothing else: phases as bars, distributions as curves, figures as tables; light,
/// dark and on paper.
public struct Page: Sendable {
    private let summary: BenchmarkSummary

    /// The page of a result.
    public init(_ summary: BenchmarkSummary) { self.summary = summary }

    private var result: BenchmarkResult { summary.result }
    private var names: [String] { result.endpoints.map(\.name) }

    /// HTML, UTF-8.
    public var html: String {
        let load =
            "load before \(Figures.fixed(result.load.before.average, 2)), "
            + "after \(Figures.fixed(result.load.after.average, 2))"
        var body = "<h1>Container startup</h1>\n<p class=\"machine\">\(HTML.text("\(result.machine), \(load)"))</p>\n"
        if let warning = result.warning { body += "<p class=\"warning\">\(HTML.text(warning))</p>\n" }
        body += legend + headline + targets + crowds
        for workload in result.workloads { body += section(workload) }
        body += remarks
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>Container startup</title>
            <style>\(PageStyle.sheet)</style>
            </head>
            <body>
            \(body)</body>
            </html>

            """
    }

    /// The first chart by itself, as an SVG document that follows the reader's colour scheme; nil without samples.
    public var picture: String? {
        guard let (svg, height) = startChart.drawing else { return nil }
        let whole = Svg.number(height + 64)
        return
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-14 -8 748 \(whole)\" width=\"748\" height=\"\(whole)\">"
            + "<style>\(PageStyle.palette)\(PageStyle.drawing)svg { background: var(--paper); }</style>"
            + "<text x=\"0\" y=\"18\" class=\"strong\">\(HTML.text(startChart.caption))</text>"
            + "<text x=\"0\" y=\"36\" class=\"soft\">\(HTML.text(result.machine))</text>"
            + "<g transform=\"translate(0 44)\">\(svg.marks)</g></svg>\n"
    }

    private var startChart: RangeChart {
        let wanted = [
            ("none", "network-none"), ("bridge", "network-bridge"), ("bridge + port", "network-bridge-published"),
        ]
        let groups = wanted.compactMap { title, workload in
            summary.row(PhaseName.ready, workload, Workload.Arrival.closedLoop.label).map { ("network \(title)", $0) }
        }
        return RangeChart(
            caption: "From the request for a container until it runs (create + start)", groups: groups, names: names)
    }

    private var headline: String {
        let figure = startChart.figure
        return figure.isEmpty ? "" : "<section class=\"alone\">\n\(figure)</section>\n"
    }

    private var legend: String {
        let items = result.endpoints.enumerated().map { index, endpoint in
            "<li><span class=\"key c\(index % PageStyle.colours)\"></span><b>\(HTML.text(endpoint.name))</b> "
                + "\(HTML.text(endpoint.description))</li>"
        }
        return "<ul class=\"legend\">\n\(items.joined(separator: "\n"))\n</ul>\n"
    }

    private var targets: String {
        let table = TargetTable(summary)
        guard table.isMeasured else { return "" }
        let styles: [TargetTable.Verdict: String] = [
            .aim: "aim", .must: "must", .missed: "missed", .unmeasured: "note",
        ]
        var lines = "<tr>" + TargetTable.head.map { "<th>\($0)</th>" }.joined() + "</tr>"
        for (row, cells) in zip(table.rows, table.lines) {
            let plain = cells.dropLast().map { "<td>\(HTML.text($0))</td>" }.joined()
            lines += "<tr>\(plain)<td class=\"\(styles[row.verdict] ?? "")\">\(row.verdict.rawValue)</td></tr>\n"
        }
        return
            "<section>\n<h2>Targets</h2>\n<p class=\"note\">Computed from the samples below; each row is judged by its "
            + "worst place.</p>\n<div class=\"wide\"><table class=\"words\">\(lines)</table></div>\n</section>\n"
    }

    // MARK: - Workloads

    private func section(_ workload: Workload) -> String {
        var text = ""
        for variant in workload.variants where variant.clients == 0 && variant.resident == 0 {
            let rows = summary.rows.filter { $0.workload == workload.id && $0.variant == variant.label }
            guard let main = rows.first(where: { Self.main.contains($0.phase) }) ?? rows.first else { continue }
            if workload.arrivals.count > 1 { text += "<h3>\(HTML.text(variant.label))</h3>\n" }
            text += "<div class=\"charts\">\n"
            text +=
                TimelineChart(
                    caption: "Phase after phase, medians in ms; each bar on its own scale", rows: rows, names: names
                )
                .figure
            text += chart(main) + "</div>\n" + parts(workload, variant) + table(rows)
        }
        guard !text.isEmpty else { return "" }
        return
            "<section>\n<h2>\(HTML.text(workload.id))</h2>\n<p class=\"note\">\(HTML.text(workload.title))</p>\n\(text)</section>\n"
    }

    /// The phase of each kind that people ask for first.
    private static let main: Set<String> = [
        PhaseName.ready, PhaseName.process, PhaseName.exec, PhaseName.loggedRate, PhaseName.followedRate,
        PhaseName.pull,
    ]

    /// Curves where there are samples enough to make one.
    private func chart(_ row: BenchmarkSummary.Row) -> String {
        guard row.cells.contains(where: { $0.distribution.count >= 10 }) else {
            return RangeChart(caption: row.phase, groups: [("", row)], names: names).figure
        }
        return DistributionChart(caption: "\(row.phase): how the samples are distributed", row: row, names: names)
            .figure
    }

    /// Where a phase's time went, as far as somebody said so: the floor's steps, a daemon's `Server-Timing`.
    private func parts(_ workload: Workload, _ variant: Workload.Variant) -> String {
        var text = ""
        for name in names {
            for (prefix, what) in [("step.", "step by step"), ("server.", "inside, by Server-Timing")] {
                let own = parts(workload, variant, name, prefix)
                text += PartsChart(caption: "\(name) \(what), medians in ms", parts: own).figure
            }
        }
        return (text.isEmpty ? "" : "<div class=\"charts\">\n\(text)</div>\n") + wire(workload, variant)
    }

    private func parts(
        _ workload: Workload, _ variant: Workload.Variant, _ endpoint: String, _ prefix: String
    ) -> [Sample.Phase] {
        (summary.parts[.init(workload: workload.id, variant: variant.label, endpoint: endpoint)] ?? [])
            .filter { $0.name.hasPrefix(prefix) }
            .map { Sample.Phase(String($0.name.dropFirst(prefix.count)), $0.value) }
    }

    /// When requests were written and headers came back, since each call began.
    private func wire(_ workload: Workload, _ variant: Workload.Variant) -> String {
        let columns = names.map { ($0, parts(workload, variant, $0, "wire.")) }.filter { !$0.1.isEmpty }
        guard let first = columns.first else { return "" }
        let titles = [
            "create.written": "create: request written", "create.headed": "create: headers back",
            "start.written": "start: request written", "start.headed": "start: headers back",
        ]
        var lines = "<thead><tr><th>on the wire, p50 in ms</th>"
        lines += columns.map { "<th class=\"n\">\(HTML.text($0.0))</th>" }.joined() + "</tr></thead><tbody>\n"
        for part in first.1 {
            lines += "<tr><td>\(titles[part.name] ?? HTML.text(part.name))</td>"
            lines += columns.map { column in
                let value = column.1.first { $0.name == part.name }?.value
                return "<td class=\"n\">\(value.map(Figures.text) ?? "")</td>"
            }.joined()
            lines += "</tr>\n"
        }
        return "<div class=\"wide\"><table>\(lines)</tbody></table></div>\n"
    }

    private func table(_ rows: [BenchmarkSummary.Row]) -> String {
        var head = ["phase", "endpoint", "n", "min", "p50", "p90", "p99", "max", "outliers", "against the floor"]
        if let baseline = summary.roles.baseline { head.append("against \(baseline)") }
        let numeric = 2...8
        func cells(_ texts: [String], _ tag: String) -> String {
            texts.enumerated().map { index, text in
                "<\(tag)\(numeric.contains(index) ? " class=\"n\"" : "")>\(HTML.text(text))</\(tag)>"
            }.joined()
        }
        var lines = "<thead><tr>\(cells(head, "th"))</tr></thead><tbody>\n"
        for row in rows {
            for (index, cell) in row.cells.enumerated() {
                let figures = cell.distribution
                let unit = row.unit == .milliseconds ? "" : ", \(row.unit.rawValue)"
                var texts = [index == 0 ? row.phase + unit : "", cell.endpoint, String(figures.count)]
                texts += [
                    figures.minimum, figures.median, figures.quantile(0.9), figures.quantile(0.99), figures.maximum,
                ].map(Figures.text)
                texts += [String(figures.outliers), cell.overFloor?.times ?? ""]
                if summary.roles.baseline != nil { texts.append(cell.overBaseline?.words(row.unit) ?? "") }
                lines += "<tr\(index == 0 ? " class=\"first\"" : "")>\(cells(texts, "td"))</tr>\n"
            }
        }
        return "<div class=\"wide\"><table>\(lines)</tbody></table></div>\n"
    }

    // MARK: - Crowds

    /// Throughput and latency over clients, latency and memory over resident containers.
    private var crowds: String {
        var text = ""
        for workload in result.workloads {
            if workload.clients.count > 1 {
                text += lines(
                    workload, PhaseName.throughput, over: \.clients, "clients at once", "cycles in a second")
                text += lines(
                    workload, PhaseName.ready, over: \.clients, "clients at once", "create + start, p50")
            }
            if workload.resident.count > 1 {
                text += lines(
                    workload, PhaseName.ready, over: \.resident, "containers resident", "create + start, p50")
                text += lines(
                    workload, PhaseName.monitorProportional, over: \.resident, "containers resident",
                    "memory of what watches one container (PSS)")
                text += lines(
                    workload, PhaseName.daemonResident, over: \.resident, "containers resident",
                    "memory of the daemon (RSS)")
            }
        }
        guard !text.isEmpty else { return "" }
        return "<section>\n<h2>Many at once</h2>\n<div class=\"charts\">\n\(text)</div>\n</section>\n"
    }

    private func lines(
        _ workload: Workload, _ phase: String, over number: (Workload.Variant) -> Int, _ across: String,
        _ title: String
    ) -> String {
        let lines = names.map { name in
            LineChart.Line(
                endpoint: name,
                points: workload.variants.compactMap { variant in
                    let cell = summary.row(phase, workload.id, variant.label)?[name]
                    return cell.map { (number(variant), $0.distribution.median) }
                })
        }
        return LineChart(
            caption: "\(workload.id): \(title)", lines: lines, names: names, across: across,
            unit: PhaseName.unit(of: phase)
        ).figure
    }

    private var remarks: String {
        let lines = result.refusalLines + result.failureLines
        guard !lines.isEmpty else { return "" }
        return "<section>\n<h2>Left out</h2>\n<ul>\n"
            + lines.map { "<li>\(HTML.text($0))</li>\n" }.joined() + "</ul>\n</section>\n"
    }
}

/// Text within HTML.
enum HTML {
    static func text(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
