import Testing

@testable import StartupBenchmark

/// Goal: targets are judged by the samples alone, by their worst place. Method: results whose figures are known.
@Suite struct TargetTests {
    private func result(_ figures: [(String, String, String, [String: [Double]])]) throws -> BenchmarkResult {
        let load = MachineLoad(average: 0, processors: 2)
        var result = BenchmarkResult(load: (load, load), machine: "here")
        result.endpoints = ["floor", "drydock", "docker-28.5", "podman-5.8"].map { ($0, "") }
        for (id, variant, phase, values) in figures {
            if !result.workloads.contains(where: { $0.id == id }) {
                let text = "title: t\nclients: [1, 8]\nresident: [1, 500]\narrivals: [closed, spaced 100 ms]"
                result.workloads.append(try WorkloadFile.parse(text, id: id))
            }
            for (endpoint, samples) in values {
                for (index, value) in samples.enumerated() {
                    var sample = Sample(workload: id, variant: variant, endpoint: endpoint, index: index, began: 0)
                    sample.phases = [.init(phase, value)]
                    result.samples.append(sample)
                }
            }
        }
        return result
    }

    private func row(_ title: String, _ result: BenchmarkResult) throws -> TargetTable.Row {
        try #require(TargetTable(BenchmarkSummary(result)).rows.first { $0.title.hasPrefix(title) })
    }

    @Test func aRowIsJudgedByItsWorstPlace() throws {
        let result = try result([
            (
                "network-none", "closed", PhaseName.ready,
                ["floor": [1, 1, 1], "drydock": [1.4, 1.4, 1.4], "docker-28.5": [100, 100, 100]]
            ),
            ("network-bridge", "spaced 100 ms", PhaseName.ready, ["floor": [1, 1, 1], "drydock": [2.5, 2.5, 2.5]]),
        ])
        let floor = try row("create + start over the floor", result)
        #expect(floor.cases.map(\.place) == ["none, closed", "bridge, spaced 100 ms"])
        #expect(floor.verdict == .must && floor.worst?.place == "bridge, spaced 100 ms")
        #expect(floor.verdict(of: floor.cases[0]) == .aim)
        let docker = try row("create + start, faster than docker-28.5", result)
        #expect(docker.verdict == .aim && docker.worst?.value ?? 0 > 71)
        #expect(try row("create + start, faster than podman-5.8", result).verdict == .unmeasured)
        #expect(try row("exec of true", result).verdict == .unmeasured)
    }

    @Test func moreIsBetterWhereABoundIsTheLeast() throws {
        let result = try result([
            ("throughput-none", "1 client", PhaseName.throughput, ["drydock": [100, 100]]),
            ("throughput-none", "8 clients", PhaseName.throughput, ["drydock": [120, 120]]),
            ("density", "1 resident", PhaseName.ready, ["drydock": [2, 2]]),
            ("density", "500 resident", PhaseName.ready, ["drydock": [2.1, 2.1]]),
            ("density", "500 resident", PhaseName.monitorProportional, ["drydock": [200]]),
        ])
        let throughput = try row("cycles of 8 clients", result)
        #expect(throughput.verdict == .missed && throughput.worst?.value == 1.2)
        #expect(try row("create + start beside 500", result).verdict == .aim)
        #expect(try row("monitor memory", result).verdict == .must)
    }

    @Test func theTableIsWrittenForPeopleAndPrograms() throws {
        let result = try result([
            ("network-none", "closed", PhaseName.ready, ["floor": [1, 1], "drydock": [4, 4]])
        ])
        let summary = BenchmarkSummary(result)
        #expect(
            TextTable(summary).markdown.contains(
                "| create + start over the floor | ≤ 3× | ≤ 1.5× | 4.00× (4.00–4.00) | none, closed | missed |"))
        let json = RawData.json(of: summary)["targets"]?.array ?? []
        #expect(json.first?["verdict"]?.string == "missed" && json.first?["cases"]?[0]?["value"]?.double == 4)
        #expect(json.count == 15)
        #expect(Page(summary).html.contains("<td class=\"missed\">missed</td>"))
        #expect(Page(summary).picture?.hasPrefix("<svg xmlns=") == true)
    }
}
