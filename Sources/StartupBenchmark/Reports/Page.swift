/// The result as one page that needs nothing else: phases as bars, distributions as curves, figures as tables; light,
/// dark and on paper.
public struct Page: Sendable {
    private let result: BenchmarkResult
    private let summary: BenchmarkSummary

    /// The page of a result.
    public init(_ result: BenchmarkResult) {
        self.result = result
        summary = BenchmarkSummary(result)
    }

    /// HTML, UTF-8.
    public var html: String {
        var body = "<h1>Container startup</h1>\n<p class=\"machine\">\(HTML.text(result.machine))"
        body += ", load before \(Milliseconds.fixed(result.load.before.average, 2)), "
        body += "after \(Milliseconds.fixed(result.load.after.average, 2))</p>\n"
        if result.load.before.isBusy {
            body += "<p class=\"warning\">The machine was busy: these figures say as much of its other work as of what "
            body += "was measured.</p>\n"
        }
        body += legend
        body += crowdCharts
        for workload in result.workloads { body += section(workload) }
        body += remarks
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Container startup</title>
            <style>\(PageStyle.sheet)</style>
            </head>
            <body>
            \(body)</body>
            </html>

            """
    }

    private var names: [String] { result.endpoints.map(\.name) }

    private var legend: String {
        let items = result.endpoints.enumerated().map { index, endpoint in
            "<li><span class=\"key c\(index % PageStyle.colours)\"></span><b>\(HTML.text(endpoint.name))</b> "
                + "\(HTML.text(endpoint.description))</li>"
        }
        return "<ul class=\"legend\">\n\(items.joined(separator: "\n"))\n</ul>\n"
    }

    private func section(_ workload: Workload) -> String {
        var text = ""
        for variant in workload.variants where variant.clients == 1 && variant.resident == 0 {
            let rows = summary.rows.filter { $0.workload == workload.id && $0.variant == variant.label }
            guard rows.contains(where: { !$0.cells.isEmpty }) else { continue }
            text += "<h3>\(HTML.text(variant.label))</h3>\n<div class=\"charts\">\n"
            text += Waterfall(rows: rows, names: names).figure
            let main =
                rows.first { [PhaseName.ready, PhaseName.process, PhaseName.exec].contains($0.phase) } ?? rows[0]
            text += DistributionChart(row: main, names: names).figure
            text += "</div>\n" + table(rows)
        }
        guard !text.isEmpty else { return "" }
        return "<section>\n<h2>\(HTML.text(workload.id))</h2>\n<p>\(HTML.text(workload.title))</p>\n\(text)</section>\n"
    }

    private func table(_ rows: [BenchmarkSummary.Row]) -> String {
        var lines = [
            "<table><thead><tr><th>phase<th>endpoint<th>n<th>min<th>p50<th>p90<th>p99<th>against the first</tr>"
        ]
        lines.append("</thead><tbody>")
        for row in rows {
            for (index, cell) in row.cells.enumerated() {
                let figures = cell.distribution
                let values = [figures.minimum, figures.median, figures.quantile(0.9), figures.quantile(0.99)]
                lines.append(
                    "<tr><td>\(index == 0 ? HTML.text(row.phase) : "")<td>\(HTML.text(cell.endpoint))<td>\(figures.count)"
                        + values.map { "<td>\(Milliseconds.text($0))" }.joined()
                        + "<td>\(cell.ratio?.description ?? "")</tr>")
            }
        }
        lines.append("</tbody></table>")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Latency over the number of clients and of resident containers, where a workload was run with several.
    private var crowdCharts: String {
        var text = ""
        for workload in result.workloads {
            let crowds: [(String, [Workload.Variant], (Workload.Variant) -> Int)] = [
                (
                    "clients at once", workload.variants.filter { $0.resident == 0 && $0.arrival == .closedLoop },
                    \.clients
                ),
                (
                    "containers resident", workload.variants.filter { $0.clients == 1 && $0.arrival == .closedLoop },
                    \.resident
                ),
            ]
            for (title, variants, number) in crowds where variants.count > 1 {
                let points = names.map { name in
                    variants.compactMap { variant -> (Double, Double)? in
                        let values = result.values(
                            PhaseName.ready, workload: workload.id, variant: variant.label, endpoint: name)
                        return Distribution(values).map { (Double(number(variant)), $0.median) }
                    }
                }
                guard points.contains(where: { $0.count > 1 }) else { continue }
                text +=
                    LineChart(
                        title: "\(workload.id): p50 of create + start over \(title)", points: points, names: names
                    ).figure
            }
        }
        return text.isEmpty ? "" : "<section>\n<h2>Crowds</h2>\n<div class=\"charts\">\n\(text)</div>\n</section>\n"
    }

    private var remarks: String {
        var lines = result.refusalLines
        var failures: [String: Int] = [:]
        for sample in result.samples {
            guard let failure = sample.failure else { continue }
            failures["\(sample.workload) (\(sample.variant)) on \(sample.endpoint): \(failure)", default: 0] += 1
        }
        lines += failures.sorted { $0.key < $1.key }.map { "\($0.value) samples do not count: \($0.key)" }
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
