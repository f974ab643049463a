/// Expected lines and lines that came, side by side: what a person reads to see the difference.
public struct LineAlignment: Sendable {
    /// One row.
    public enum Step: Sendable, Hashable {
        /// The item of the pattern matches the line.
        case matched(item: Int, line: Int)
        /// The item of the pattern has no line.
        case missing(item: Int)
        /// The line has no pattern.
        case extra(line: Int)
        /// A gap of the pattern.
        case gap(item: Int)
        /// The line falls into the gap before it.
        case skipped(line: Int)
    }

    /// How many lines are compared at most; further ones count as extra.
    private static let limit = 400

    /// The rows, in order.
    public let steps: [Step]
    private let pattern: TextPattern
    private let lines: [OutputLine]

    /// Aligns a whole output with its pattern with the fewest missing and extra lines.
    public init(_ pattern: TextPattern, output: [UInt8], variables: Variables) {
        self.init(pattern: pattern, lines: OutputLine.split(output), variables: variables)
    }

    init(pattern: TextPattern, lines: [OutputLine], variables: Variables) {
        self.pattern = pattern
        self.lines = lines
        let compared = Array(lines.prefix(Self.limit))
        let items = Array(pattern.items.prefix(Self.limit))
        let costs = Self.costs(items, compared, variables)
        steps = Self.walk(items, compared.count, costs) + (compared.count..<lines.count).map { .extra(line: $0) }
    }

    /// `costs[i][j]`: missing and extra lines from item i and line j on.
    private static func costs(_ items: [TextPattern.Item], _ lines: [OutputLine], _ variables: Variables) -> [[Int]] {
        var costs = [[Int]](repeating: [Int](repeating: 0, count: lines.count + 1), count: items.count + 1)
        for j in stride(from: lines.count - 1, through: 0, by: -1) {
            costs[items.count][j] = costs[items.count][j + 1] + 1
        }
        for i in stride(from: items.count - 1, through: 0, by: -1) {
            for j in stride(from: lines.count, through: 0, by: -1) {
                switch items[i] {
                case .gap: costs[i][j] = min(costs[i + 1][j], j < lines.count ? costs[i][j + 1] : .max)
                case .line(let pattern):
                    var best = costs[i + 1][j] + 1
                    if j < lines.count {
                        best = min(best, costs[i][j + 1] + 1)
                        if pattern.match(lines[j], variables: variables) != nil {
                            best = min(best, costs[i + 1][j + 1])
                        }
                    }
                    costs[i][j] = best
                }
            }
        }
        return costs
    }

    private static func walk(_ items: [TextPattern.Item], _ count: Int, _ costs: [[Int]]) -> [Step] {
        var steps: [Step] = []
        var (i, j) = (0, 0)
        var inGap = false
        while i < items.count || j < count {
            if i == items.count {
                steps.append(.extra(line: j))
                j += 1
            } else if case .gap = items[i] {
                if !inGap { steps.append(.gap(item: i)) }
                inGap = j < count && costs[i][j + 1] < costs[i + 1][j]
                if inGap { steps.append(.skipped(line: j)) }
                if inGap { j += 1 } else { i += 1 }
            } else if j < count, costs[i][j] == costs[i + 1][j + 1],
                costs[i][j] < min(costs[i + 1][j], costs[i][j + 1]) + 1
            {
                steps.append(.matched(item: i, line: j))
                (i, j) = (i + 1, j + 1)
            } else if j < count, costs[i][j] == costs[i][j + 1] + 1 {
                steps.append(.extra(line: j))
                j += 1
            } else {
                steps.append(.missing(item: i))
                i += 1
            }
        }
        return steps
    }

    /// The rows as text: `  ` before what matches, `- ` before what is missing, `+ ` before what is extra.
    public var text: String {
        var rows: [String] = []
        for step in steps {
            switch step {
            case .matched(_, let line): rows.append("  \(Excerpt.escaped(lines[line].text))")
            case .missing(let item): if case .line(let line) = pattern.items[item] { rows.append("- \(line.source)") }
            case .extra(let line): rows.append("+ \(Excerpt.escaped(lines[line].text))")
            case .gap: rows.append("  ...")
            case .skipped: break
            }
        }
        return rows.joined(separator: "\n")
    }
}
