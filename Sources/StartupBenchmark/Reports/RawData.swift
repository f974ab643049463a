import RawJSON

/// The raw samples as lines of JSON: the first says where they come from, each further one is a sample.
public enum RawData {
    /// All of a result.
    public static func text(of result: BenchmarkResult) -> String {
        let load = [result.load.before.average, result.load.after.average].map { average in
            JSONNumber(average).map(JSONValue.number) ?? .null
        }
        let endpoints = result.endpoints.map { endpoint -> JSONValue in
            ["name": .string(endpoint.name), "description": .string(endpoint.description)]
        }
        let head: JSONValue = [
            "machine": .string(result.machine), "load": .array(load), "endpoints": .array(endpoints),
        ]
        return ([head] + result.samples.map(\.json)).map { $0.text() + "\n" }.joined()
    }

    /// The samples of such lines.
    ///
    /// - Throws: `BenchmarkFault` for a line that is neither.
    public static func samples(in text: String) throws(BenchmarkFault) -> [Sample] {
        var samples: [Sample] = []
        for (index, line) in text.split(separator: "\n").enumerated() {
            let value: JSONValue
            do { value = try JSONValue.parse(String(line)) } catch {
                throw BenchmarkFault("line \(index + 1) is no JSON: \(error)")
            }
            if let sample = Sample(value) {
                samples.append(sample)
            } else if value["machine"] == nil {
                throw BenchmarkFault("line \(index + 1) is no sample of a benchmark")
            }
        }
        return samples
    }

    /// Distributions and ratios for other programs.
    public static func summary(of result: BenchmarkResult) -> JSONValue {
        func number(_ value: Double) -> JSONValue { JSONNumber(value).map(JSONValue.number) ?? .null }
        return .array(
            BenchmarkSummary(result).rows.flatMap { row in
                row.cells.map { cell -> JSONValue in
                    var line: JSONObject = [
                        "workload": .string(row.workload), "variant": .string(row.variant), "phase": .string(row.phase),
                        "endpoint": .string(cell.endpoint), "samples": .number(JSONNumber(cell.distribution.count)),
                        "failures": .number(JSONNumber(cell.failures)), "min": number(cell.distribution.minimum),
                        "p50": number(cell.distribution.median), "p90": number(cell.distribution.quantile(0.9)),
                        "p99": number(cell.distribution.quantile(0.99)), "max": number(cell.distribution.maximum),
                        "outliers": .number(JSONNumber(cell.distribution.outliers)),
                    ]
                    if let ratio = cell.ratio {
                        line["ratio"] = [
                            "value": number(ratio.value), "low": number(ratio.low), "high": number(ratio.high),
                        ]
                    }
                    return .object(line)
                }
            })
    }
}
