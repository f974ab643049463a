/// Test Anything Protocol, version 14: a line a case, diagnostics as a YAML block.
final class TAPReport: Report {
    private let output: ReportOutput
    private var number = 0

    init(output: ReportOutput) {
        self.output = output
    }

    func begin(_ run: RunDescription) throws {
        try output.write(
            "TAP version 14\n1..\(run.cases)\n# \(run.product.title), "
                + run.circumstances.map { "\($0.name) \($0.value)" }.joined(separator: ", ") + "\n")
    }

    func add(_ result: CaseResult) throws {
        number += 1
        try output.write(Self.lines(result, number: number).joined(separator: "\n") + "\n")
    }

    func end(_ summary: RunSummary) throws {
        for leftover in summary.leftovers { try output.write("# left behind: \(leftover)\n") }
        if summary.interrupted { try output.write("Bail out! interrupted\n") }
    }

    static func lines(_ result: CaseResult, number: Int) -> [String] {
        let name = "\(number) - \(escaped(result.identity.id))"
        switch result.verdict {
        case .pass: return ["ok \(name)"]
        case .skip: return ["ok \(name) # SKIP \(FailureText.oneLine(result.reason))"]
        case .unsupported: return ["ok \(name) # SKIP unsupported: \(FailureText.oneLine(result.reason))"]
        case .xfail:
            return ["not ok \(name) # TODO \(FailureText.oneLine(result.expectation?.reason ?? result.reason))"]
        case .xpass: return ["not ok \(name)", "  ---", "  verdict: xpass", "  ..."]
        case .fail, .error, .timeout, .flaky:
            var lines = ["not ok \(name)", "  ---", "  verdict: \(result.verdict.rawValue)"]
            lines.append("  level: \(result.identity.level)")
            lines.append("  at: \(JSONText.quoted(result.place))")
            if !result.reason.isEmpty { lines.append("  reason: \(JSONText.quoted(result.reason))") }
            for (index, departure) in result.departures.enumerated() {
                if index == 0 { lines.append("  departures:") }
                lines.append("    - line: \(departure.line)")
                lines.append("      command: \(JSONText.quoted(departure.command))")
                lines.append("      expected: \(JSONText.quoted(departure.expected))")
                lines.append("      got: \(JSONText.quoted(departure.got))")
            }
            return lines + ["  ..."]
        }
    }

    private static func escaped(_ text: String) -> String {
        text.map { $0 == "#" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    }
}
