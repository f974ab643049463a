/// A failure as a person reads it: what is promised and where, what came, what went over the wire, how to see it again.
struct FailureView {
    let capabilities: TerminalCapabilities
    let run: RunDescription

    private static let indent = String(repeating: " ", count: 6)
    private static let label = 11
    private static let most = 6

    func text(_ result: CaseResult) -> String {
        var lines = [heading(result), Self.indent + capabilities.paint(result.identity.title, .bold)]
        if !result.reason.isEmpty { lines += row("because", result.reason) }
        var command = ""
        let several = Set(result.departures.map(\.line)).count > 1
        for departure in result.departures.prefix(Self.most) {
            if departure.command != command { lines += indented(departure.command) }
            command = departure.command
            let line = several ? "   (line \(departure.line))" : ""
            lines += row("expected", departure.expected + line) + row("got", departure.got)
            for (index, line) in departure.wire.enumerated() {
                lines += row(index == 0 ? "wire" : "", line, wraps: false)
            }
        }
        if result.departures.count > Self.most {
            lines.append(Self.indent + "and \(result.departures.count - Self.most) more")
        }
        if let expectation = result.expectation, result.verdict == .xpass {
            lines += row("expected", "to fail: \(expectation.reason)")
            if let file = run.expectations { lines += row("remove", "\(file):\(expectation.line)") }
        }
        let driver = run.driver == "api" ? "" : " --driver \(run.driver)"
        let host = run.hostOptions.isEmpty ? "" : " \(run.hostOptions)"
        let again = "drydock check \(result.identity.id)\(host)\(driver) -v"
        lines.append(Self.indent + capabilities.paint(TerminalText.padded("again", to: Self.label), .dim) + again)
        return lines.joined(separator: "\n") + "\n"
    }

    private func heading(_ result: CaseResult) -> String {
        let word = capabilities.paint(result.verdict.rawValue.uppercased(), result.verdict == .xpass ? .yellow : .red)
        return "\(word)  \(capabilities.paint(result.identity.id, .bold))  \(result.identity.level)   \(result.place)"
    }

    private func row(_ label: String, _ text: String, wraps: Bool = true) -> [String] {
        let columns = max(30, capabilities.columns - Self.indent.count - Self.label)
        let safe = TerminalText.visible(text)
        let lines = wraps ? TerminalText.wrapped(safe, to: columns) : [TerminalText.cut(safe, to: columns)]
        return lines.prefix(20).enumerated().map { index, line in
            let head = index == 0 ? capabilities.paint(TerminalText.padded(label, to: Self.label), .dim) : nil
            return Self.indent + (head ?? String(repeating: " ", count: Self.label)) + line
        }
    }

    private func indented(_ text: String) -> [String] {
        TerminalText.visible(text).split(separator: "\n").map { Self.indent + $0 }
    }
}

/// The first and the last lines of a run.
struct RunLines {
    let capabilities: TerminalCapabilities
    let run: RunDescription

    func opening() -> String {
        let jobs = run.jobs == 1 ? "1 job" : "\(run.jobs) jobs"
        let parts = [
            "Drydock \(run.suite)", "\(run.product.title) (API \(run.api))", run.endpoint,
            run.cases == 1 ? "1 case" : "\(run.cases) cases", jobs, "seed \(run.seed)",
        ]
        let line = parts.joined(separator: " · ") + (run.driver == "api" ? "" : " · driver \(run.driver)")
        return line + "\n\n"
    }

    func closing(_ summary: RunSummary, reports: [String], allowsUnexpectedPass: Bool) -> String {
        var lines: [String] = []
        if let file = run.expectations, summary.count(.xfail) + summary.count(.xpass) > 0 {
            lines.append("expected to fail: \(file)   unexpectedly passing: \(summary.count(.xpass))")
        }
        for entry in summary.unusedExpectations { lines.append("unused expectation: \(entry)") }
        if !summary.leftovers.isEmpty {
            lines.append(
                capabilities.paint("left behind, remove with `drydock check --clean \(run.hostOptions)`:", .red))
            lines += summary.leftovers.map { "  \($0)" }
        }
        if summary.interrupted {
            lines.append(capabilities.paint("interrupted; what was started is cleaned up", .yellow))
        }
        let counted = Verdict.allCases.filter { summary.count($0) > 0 || $0 == .pass }
        let counts = counted.map { "\(summary.count($0)) \($0.phrase)" }.joined(separator: ", ")
        let good = summary.exit(allowsUnexpectedPass: allowsUnexpectedPass) == .asExpected
        var parts = [
            capabilities.paint(counts, good ? .green : .red), TerminalText.seconds(summary.duration),
            "\(summary.leftovers.count) left behind",
        ]
        parts += reports.map { "report \($0)" }
        lines.append(parts.joined(separator: " · "))
        return lines.joined(separator: "\n") + "\n"
    }
}
