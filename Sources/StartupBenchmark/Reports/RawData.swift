import RawJSON

/// The raw samples as lines of JSON: the first says where they come from, each further one is a sample.
public enum RawData {
    /// All of a result.
    public static func text(of result: BenchmarkResult) -> String {
        let load = [result.load.before.average, result.load.after.average].map(number)
        let endpoints = result.endpoints.map { endpoint -> JSONValue in
            ["name": .string(endpoint.name), "description": .string(endpoint.description)]
        }
        let refusals = result.refusals.map { refusal -> JSONValue in
            [
                "endpoint": .string(refusal.endpoint), "workload": .string(refusal.workload),
                "reason": .string(refusal.reason),
            ]
        }
        let head: JSONValue = [
            "machine": .string(result.machine), "processors": .number(JSONNumber(result.load.before.processors)),
            "load": .array(load), "endpoints": .array(endpoints), "workloads": .array(result.workloads.map(\.json)),
            "refusals": .array(refusals),
        ]
        return ([head] + result.samples.map(\.json)).map { $0.text() + "\n" }.joined()
    }

    /// The samples of such lines.
    ///
    /// - Throws: `BenchmarkFault` for a line that is neither.
    public static func samples(in text: String) throws(BenchmarkFault) -> [Sample] { try parse(text).samples }

    /// The result of such lines.
    ///
    /// - Throws: `BenchmarkFault` for a line that is neither, and without the first.
    public static func result(in text: String) throws(BenchmarkFault) -> BenchmarkResult {
        let (head, samples) = try parse(text)
        guard let head else { throw BenchmarkFault("the first line, which says what was measured where, is missing") }
        let averages = (head["load"]?.array ?? []).map { $0.double ?? .nan }
        let processors = Int(head["processors"]?.int64 ?? 1)
        let load = (0..<2).map {
            MachineLoad(average: $0 < averages.count ? averages[$0] : .nan, processors: processors)
        }
        var result = BenchmarkResult(load: (load[0], load[1]), machine: head["machine"]?.string ?? "?")
        result.samples = samples
        result.endpoints = (head["endpoints"]?.array ?? []).map { endpoint in
            (endpoint["name"]?.string ?? "?", endpoint["description"]?.string ?? "")
        }
        result.refusals = (head["refusals"]?.array ?? []).map { refusal in
            BenchmarkResult.Refusal(
                endpoint: refusal["endpoint"]?.string ?? "?", workload: refusal["workload"]?.string ?? "?",
                reason: refusal["reason"]?.string ?? "")
        }
        for file in head["workloads"]?.array ?? [] {
            do { result.workloads.append(try Workload(file)) } catch {
                throw BenchmarkFault("the first line has a workload that cannot be read: \(error)")
            }
        }
        return result
    }

    private static func parse(_ text: String) throws(BenchmarkFault) -> (head: JSONValue?, samples: [Sample]) {
        var samples: [Sample] = []
        var head: JSONValue?
        for (index, line) in text.split(separator: "\n").enumerated() {
            let value: JSONValue
            do { value = try JSONValue.parse(String(line)) } catch {
                throw BenchmarkFault("line \(index + 1) is no JSON: \(error)")
            }
            if let sample = Sample(value) {
                samples.append(sample)
            } else if value["machine"] != nil {
                head = value
            } else {
                throw BenchmarkFault("line \(index + 1) is no sample of a benchmark")
            }
        }
        return (head, samples)
    }

    /// Distributions, ratios and targets for other programs.
    public static func json(of summary: BenchmarkSummary) -> JSONValue {
        let rows = summary.rows.flatMap { row in
            row.cells.map { cell -> JSONValue in
                var line: JSONObject = [
                    "workload": .string(row.workload), "variant": .string(row.variant), "phase": .string(row.phase),
                    "unit": .string(row.unit.rawValue), "endpoint": .string(cell.endpoint),
                    "samples": .number(JSONNumber(cell.distribution.count)),
                    "failures": .number(JSONNumber(cell.failures)), "min": number(cell.distribution.minimum),
                    "p50": number(cell.distribution.median), "p90": number(cell.distribution.quantile(0.9)),
                    "p99": number(cell.distribution.quantile(0.99)), "max": number(cell.distribution.maximum),
                    "outliers": .number(JSONNumber(cell.distribution.outliers)),
                ]
                line["overFloor"] = cell.overFloor.map(ratio)
                line["overBaseline"] = cell.overBaseline.map(ratio)
                return .object(line)
            }
        }
        let result = summary.result
        return [
            "machine": .string(result.machine),
            "load": ["before": number(result.load.before.average), "after": number(result.load.after.average)],
            "baseline": summary.roles.baseline.map(JSONValue.string) ?? .null,
            "targets": TargetTable(summary).json, "figures": .array(rows),
            "leftOut": .array((result.refusalLines + result.failureLines).map(JSONValue.string)),
        ]
    }

    static func ratio(_ ratio: Ratio) -> JSONValue {
        ["value": number(ratio.value), "low": number(ratio.low), "high": number(ratio.high)]
    }

    static func number(_ value: Double) -> JSONValue {
        JSONNumber((value * 10000).rounded() / 10000).map(JSONValue.number) ?? .null
    }
}

extension Workload {
    /// The workload as its file says it; JSON is YAML too.
    var json: JSONValue {
        func numbers(_ numbers: [Int]) -> JSONValue { .array(numbers.map { .number(JSONNumber($0)) }) }
        var file: JSONObject = [
            "title": .string(title), "kind": .string(kind.rawValue), "image": .string(image),
            "command": .array(command.map(JSONValue.string)), "create": .object(create),
            "arrivals": .array(arrivals.map { .string($0.label) }), "clients": numbers(clients),
            "resident": numbers(resident),
        ]
        for (key, number) in [("port", port), ("bytes", bytes), ("samples", samples), ("warm-up", warmUp)] {
            file[key] = number.map { .number(JSONNumber($0)) }
        }
        file["storage"] = storage.map(JSONValue.string)
        file["floor"] = floor.map { .string($0.rawValue) }
        return ["id": .string(id), "file": .object(file)]
    }

    /// A workload from `json`.
    init(_ json: JSONValue) throws(WorkloadError) {
        self = try WorkloadFile.parse((json["file"] ?? .null).text(), id: json["id"]?.string ?? "?")
    }
}
