/// How the results of mutations read.
public enum MutationText {
    /// One line for a person who waits.
    public static func progress(_ progress: MutationProgress) -> String {
        switch progress {
        case .baseline(let passed, let count): "\(passed) of \(count) cases pass unaltered and are used"
        case .result(let result): line(result)
        }
    }

    /// Writes all results as a Markdown page.
    ///
    /// - Throws: `ReportError`.
    public static func write(_ results: [MutationResult], to path: String) throws(ReportError) {
        try ReportOutput(path: path).write(markdown(results))
    }

    /// One line: the verdict, the mutation, and who objected.
    public static func line(_ result: MutationResult) -> String {
        let verdict = result.verdict.rawValue
        let padding = String(repeating: " ", count: max(1, 8 - verdict.count))
        return "\(verdict)\(padding)\(result.mutation.name)  \(detail(result))"
    }

    /// `152 mutations: 150 caught, 2 missed, 0 idle`.
    public static func tally(_ results: [MutationResult]) -> String {
        let counts = MutationResult.Verdict.allCases.map { verdict in
            "\(results.count { $0.verdict == verdict }) \(verdict.rawValue)"
        }
        return "\(results.count) mutations: \(counts.joined(separator: ", "))"
    }

    static func markdown(_ results: [MutationResult]) -> String {
        var lines = [
            "# Mutations", "", "Does the suite bite? Each row is a daemon that gets one thing wrong, played by a proxy",
            "before a daemon that gets it right. Regenerate this page with `drydock mutate --markdown`, do not edit it.",
            "", tally(results) + ".", "",
        ]
        var rows = [["Mutation", "The daemon", "Verdict", "Objected"]]
        for result in results {
            rows.append([
                "`\(result.mutation.name)`", MarkdownTable.escaped(result.mutation.fault), result.verdict.rawValue,
                result.objections.first.map { "`\($0.identity.id)`" } ?? "",
            ])
        }
        lines += MarkdownTable.lines(rows)
        return lines.joined(separator: "\n") + "\n"
    }

    /// One line: the name and what such a daemon does.
    public static func description(_ mutation: Mutation) -> String { "\(mutation.name)  \(mutation.fault)" }

    private static func detail(_ result: MutationResult) -> String {
        guard let first = result.objections.first else {
            return "\(result.mutation.fault): altered \(result.altered) times in \(result.cases) cases"
        }
        let why = first.departures.first.map { "expected \($0.expected), got \($0.got)" } ?? first.reason
        let others = result.objections.count > 1 ? " and \(result.objections.count - 1) more" : ""
        return "\(first.identity.id)\(others): \(FailureText.oneLine(why).prefix(160))"
    }
}
