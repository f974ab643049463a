import RawJSON
import Scenario

/// Which operations of the Engine API the cases cover.
public enum CoverageText {
    /// Operations that a single daemon need not answer: swarm's family, plugins, and building.
    private static let outside = [
        "/configs", "/nodes", "/plugins", "/secrets", "/services", "/session", "/swarm", "/tasks", "/build",
    ]

    private struct Row {
        var operation: EngineOperation
        var cases: [String]
        var isEligible: Bool
    }

    private static func rows(_ catalog: CaseCatalog) -> [Row] {
        EngineOperation.all.map { operation in
            let path = operation.operation.path
            return Row(
                operation: operation,
                cases: catalog.documents.filter { $0.frontMatter.covers.contains(operation.operation) }.map(\.id),
                isEligible: !outside.contains { path == $0 || path.hasPrefix($0 + "/") })
        }
    }

    /// A table with a line an operation, and the sum.
    public static func text(_ catalog: CaseCatalog) -> String {
        let rows = rows(catalog)
        let width = rows.map { $0.operation.operation.description.count }.max() ?? 0
        var lines = rows.filter { $0.isEligible || !$0.cases.isEmpty }.map { row in
            let count =
                row.cases.isEmpty
                ? "  –" : TerminalText.padded("", to: 3 - String(row.cases.count).count) + String(row.cases.count)
            return "\(TerminalText.padded(row.operation.operation.description, to: width))  \(count)"
        }
        let eligible = rows.filter(\.isEligible)
        let covered = eligible.count { !$0.cases.isEmpty }
        lines += [
            "",
            "\(covered) of \(eligible.count) operations of a single daemon are covered; "
                + "swarm, plugins and builds are left out (\(rows.count - eligible.count)).",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// An array of objects: operation, since, until, eligible, cases.
    public static func json(_ catalog: CaseCatalog) -> String {
        let values = rows(catalog).map { row -> JSONValue in
            [
                "operation": .string(row.operation.operation.description), "since": .string("\(row.operation.since)"),
                "until": row.operation.until.map { .string("\($0)") } ?? .null, "eligible": .bool(row.isEligible),
                "cases": .array(row.cases.map(JSONValue.string)),
            ]
        }
        return JSONValue.array(values).text(.init(indent: "  ")) + "\n"
    }
}
