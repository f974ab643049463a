import RawJSON

/// One JSON object a line: a case each, in the order they ended, then `{"summary": {…}}`.
final class NDJSONReport: Report {
    private let output: ReportOutput
    private var run: RunDescription?

    init(output: ReportOutput) {
        self.output = output
    }

    func begin(_ run: RunDescription) {
        self.run = run
    }

    func add(_ result: CaseResult) throws {
        try output.write(Self.line(result).text() + "\n")
    }

    func end(_ summary: RunSummary) throws {
        guard let run else { return }
        try output.write(Self.line(summary, run).text() + "\n")
    }

    static func line(_ result: CaseResult) -> JSONValue {
        var object: JSONObject = [
            "case": .string(result.identity.id),
            "verdict": .string(result.verdict.rawValue),
            "level": .string(result.identity.level),
            "area": .string(result.identity.area),
            "ms": milliseconds(result.duration),
            "title": .string(result.identity.title),
            "file": .string(result.identity.file),
        ]
        if result.attempts > 1 { object["attempts"] = .number(JSONNumber(result.attempts)) }
        if result.observed != result.verdict { object["observed"] = .string(result.observed.rawValue) }
        if !result.reason.isEmpty { object["reason"] = .string(result.reason) }
        if let expectation = result.expectation {
            var known: JSONObject = ["reason": .string(expectation.reason)]
            if let link = expectation.link { known["link"] = .string(link) }
            object["expectation"] = .object(known)
        }
        if !result.departures.isEmpty {
            object["departures"] = .array(
                result.departures.map { departure in
                    [
                        "line": .number(JSONNumber(departure.line)), "command": .string(departure.command),
                        "expected": .string(departure.expected), "got": .string(departure.got),
                        "wire": .array(departure.wire.map(JSONValue.string)),
                    ]
                })
        }
        return .object(object)
    }

    static func line(_ summary: RunSummary, _ run: RunDescription) -> JSONValue {
        var object: JSONObject = [:]
        for verdict in Verdict.allCases { object[verdict.rawValue] = .number(JSONNumber(summary.count(verdict))) }
        object["cases"] = .number(JSONNumber(summary.counts.values.reduce(0, +)))
        object["product"] = .string(run.product.description)
        object["version"] = .string(run.product.version)
        object["api"] = .string(run.api)
        object["driver"] = .string(run.driver)
        object["endpoint"] = .string(run.endpoint)
        object["seed"] = .string(String(run.seed))
        object["jobs"] = .number(JSONNumber(run.jobs))
        object["ms"] = milliseconds(summary.duration)
        object["leftovers"] = .array(summary.leftovers.map(JSONValue.string))
        object["interrupted"] = .bool(summary.interrupted)
        object["suite"] = .string(run.suite)
        return ["summary": .object(object)]
    }

    private static func milliseconds(_ duration: Duration) -> JSONValue {
        JSONNumber(duration.milliseconds).map(JSONValue.number) ?? .null
    }
}
