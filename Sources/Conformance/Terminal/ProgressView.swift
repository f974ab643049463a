/// The view of a run for a person: bars of areas that move on a terminal, failures as they are found, a closing summary.
///
/// In a pipe nothing moves: the table of areas comes once, at the end; with `verbose` one line a case as it ends.
struct ProgressView {
    private struct Area {
        var name: String
        var total: Int
        var counts: [Verdict: Int] = [:]

        var done: Int { counts.values.reduce(0, +) }
    }

    private let capabilities: TerminalCapabilities
    private let lists: Bool
    private let slowAfter: Duration
    private var areas: [Area]
    private var running: [(identity: JudgedCase, since: ContinuousClock.Instant)] = []
    private var drawn = 0

    /// - Parameters:
    ///   - lists: whether each case gets its own line as it ends.
    ///   - slowAfter: how long a case may run before it is named.
    init(
        cases: [JudgedCase], capabilities: TerminalCapabilities, lists: Bool, slowAfter: Duration = .seconds(3)
    ) {
        self.capabilities = capabilities
        self.lists = lists
        self.slowAfter = slowAfter
        let totals = cases.reduce(into: [String: Int]()) { $0[$1.area, default: 0] += 1 }
        areas = AreaTally.sorted(Array(totals.keys)).map { Area(name: $0, total: totals[$0] ?? 0) }
    }

    mutating func began(_ identity: JudgedCase, at now: ContinuousClock.Instant) -> String {
        running.append((identity, now))
        return redraw(at: now)
    }

    mutating func finished(_ result: CaseResult, at now: ContinuousClock.Instant) -> String {
        running.removeAll { $0.identity.id == result.identity.id }
        if let index = areas.firstIndex(where: { $0.name == result.identity.area }) {
            areas[index].counts[result.verdict, default: 0] += 1
        }
        guard lists else { return redraw(at: now) }
        return erase() + line(result) + "\n" + redraw(at: now)
    }

    /// The bars anew, where they can be drawn in place; nothing otherwise.
    mutating func redraw(at now: ContinuousClock.Instant) -> String {
        guard capabilities.redraws else { return "" }
        var lines = bars()
        if let slow = running.first, now - slow.since >= slowAfter {
            let text = "  \(slow.identity.id) has been running for \(TerminalText.seconds(now - slow.since))"
            lines.append(capabilities.paint(TerminalText.cut(text, to: capabilities.columns - 1), .dim))
        }
        let text = erase() + lines.map { $0 + "\n" }.joined()
        drawn = lines.count
        return text
    }

    /// The bars as they stand at the end, in a pipe too.
    mutating func final() -> String {
        let text = erase() + bars().map { $0 + "\n" }.joined()
        drawn = 0
        return text
    }

    /// Takes the moving lines off the screen.
    mutating func erase() -> String {
        defer { drawn = 0 }
        return drawn == 0 ? "" : "\u{1B}[\(drawn)A\u{1B}[0J"
    }

    private func bars() -> [String] {
        let name = max(12, areas.map { TerminalText.width($0.name) }.max() ?? 0)
        let width = capabilities.columns >= 76 ? 20 : 10
        return areas.map { area in
            let counts = [
                tally(area, .fail, .red), tally(area, .timeout, .red), tally(area, .error, .red),
                tally(area, .flaky, .yellow), tally(area, .xpass, .yellow), tally(area, .xfail, nil),
                tally(area, .unsupported, nil), tally(area, .skip, nil),
            ].compactMap(\.self)
            let score = "\(area.counts[.pass] ?? 0)/\(area.total)"
            let line = "  \(TerminalText.padded(area.name, to: name))  \(bar(area, width: width))  "
            return line + ([TerminalText.padded(score, to: 7)] + counts).joined(separator: "   ")
        }
    }

    private func tally(_ area: Area, _ verdict: Verdict, _ style: TerminalText.Style?) -> String? {
        guard let count = area.counts[verdict], count > 0 else { return nil }
        let text = "\(count) \(verdict.phrase)"
        return style.map { capabilities.paint(text, $0) } ?? text
    }

    /// A bar as long as the cases that ended as expected; eighths of a block show the fraction.
    private func bar(_ area: Area, width: Int) -> String {
        let held = area.counts.reduce(0) { $0 + ($1.key.isAsExpected ? $1.value : 0) }
        let eighths = area.total == 0 ? 0 : held * width * 8 / area.total
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        let filled = String(repeating: "█", count: eighths / 8) + partial
        let failed = area.counts.contains { !$0.key.isAsExpected && $0.value > 0 }
        let rest = width - TerminalText.width(filled)
        return capabilities.paint(filled, failed ? .yellow : .green)
            + capabilities.paint(String(repeating: "░", count: rest), .dim)
    }

    private func line(_ result: CaseResult) -> String {
        let style: TerminalText.Style =
            switch result.verdict {
            case .pass: .green
            case .fail, .error, .timeout: .red
            case .flaky, .xpass: .yellow
            case .skip, .unsupported, .xfail: .dim
            }
        let why = result.expectation?.reason ?? result.reason
        let reason = [.skip, .unsupported, .xfail].contains(result.verdict) && !why.isEmpty ? "  \(why)" : ""
        let verdict = capabilities.paint(TerminalText.padded(result.verdict.rawValue, to: 11), style)
        return "\(verdict) \(result.identity.id)  \(TerminalText.seconds(result.duration))\(reason)"
    }
}
