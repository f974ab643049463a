/// JUnit XML: a `testsuite` for each area, a `testcase` for each case.
enum JUnitReport {
    static func document(run: RunDescription, results: [CaseResult], summary: RunSummary) -> String {
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
        lines.append(
            "<testsuites name=\"drydock\" \(tally(results)) time=\"\(seconds(summary.duration))\">")
        for area in AreaTally.all(results) {
            let members = results.filter { $0.identity.area == area.name }.sorted { $0.identity.id < $1.identity.id }
            let time = members.reduce(Duration.zero) { $0 + $1.duration }
            lines.append("  <testsuite name=\"\(escaped(area.name))\" \(tally(members)) time=\"\(seconds(time))\">")
            lines.append("    <properties>")
            for (name, value) in [("product", run.product.title)] + run.circumstances {
                lines.append("      <property name=\"\(name)\" value=\"\(escaped(value))\"/>")
            }
            lines.append("    </properties>")
            for result in members { lines += testcase(result) }
            lines.append("  </testsuite>")
        }
        lines.append("</testsuites>")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func testcase(_ result: CaseResult) -> [String] {
        let name = String(result.identity.id.drop { $0 != "/" }.dropFirst())
        let open =
            "    <testcase classname=\"\(escaped(result.identity.area))\" name=\"\(escaped(name))\" "
            + "file=\"\(escaped(result.identity.file))\" time=\"\(seconds(result.duration))\""
        let verdict = result.verdict.rawValue
        switch result.verdict {
        case .pass: return [open + "/>"]
        case .skip, .unsupported:
            return wrap(open, "<skipped message=\"\(escaped("\(verdict): \(result.reason)"))\"/>")
        case .xfail:
            let reason = result.expectation?.reason ?? result.reason
            return wrap(open, "<skipped message=\"\(escaped("expected to fail: \(reason)"))\"/>")
        case .xpass:
            let reason = result.expectation?.reason ?? ""
            return wrap(open, "<failure type=\"xpass\" message=\"\(escaped("expected to fail: \(reason)"))\"/>")
        case .fail, .timeout, .flaky, .error:
            let element = result.verdict == .error ? "error" : "failure"
            let message = result.departures.first.map { "expected \($0.expected), got \($0.got)" } ?? result.reason
            let text = FailureText.lines(result).joined(separator: "\n")
            return wrap(
                open,
                "<\(element) type=\"\(verdict)\" message=\"\(escaped(message))\">\(escaped(text))</\(element)>")
        }
    }

    private static func wrap(_ open: String, _ inner: String) -> [String] {
        [open + ">", "      " + inner, "    </testcase>"]
    }

    private static func tally(_ results: [CaseResult]) -> String {
        let failures = results.count { [.fail, .timeout, .flaky, .xpass].contains($0.verdict) }
        let errors = results.count { $0.verdict == .error }
        let skipped = results.count { [.skip, .unsupported, .xfail].contains($0.verdict) }
        return "tests=\"\(results.count)\" failures=\"\(failures)\" errors=\"\(errors)\" skipped=\"\(skipped)\""
    }

    private static func seconds(_ duration: Duration) -> String {
        let thousandths = Int((duration.milliseconds).rounded())
        let fraction = String(thousandths % 1000)
        return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
    }

    /// Escaped for an attribute or text; control characters that XML 1.0 forbids become U+FFFD.
    private static func escaped(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "\n": output += "&#10;"
            case "\t": output += "&#9;"
            case "\r": output += "&#13;"
            case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": output += "\u{FFFD}"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
