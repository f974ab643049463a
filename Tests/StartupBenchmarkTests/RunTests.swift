import RawJSON
import Synchronization
import Testing

@testable import StartupBenchmark

/// Goal: endpoints are measured in turn, warm-up is thrown away, failures are kept apart, and reports hold what was
/// measured. Method: samplers that answer by script.
@Suite struct RunTests {
    private final class Script: Sampler {
        let name: String
        let order: Order
        let milliseconds: Double
        let failsAt: Int?
        let isCleaned = Atomic(false)

        final class Order: Sendable { let calls = Mutex<[String]>([]) }

        init(_ name: String, _ order: Order, _ milliseconds: Double, failsAt: Int? = nil) {
            self.name = name
            self.order = order
            self.milliseconds = milliseconds
            self.failsAt = failsAt
        }

        func describe() async throws -> String { "script <\(name)>" }
        func refusal(of workload: Workload) -> String? { workload.kind == .exec ? "cannot" : nil }
        func prepare(_ workload: Workload, _ variant: Workload.Variant) async throws {}
        func cleanUp() async throws { isCleaned.store(true, ordering: .relaxed) }

        func sample(_ workload: Workload, _ variant: Workload.Variant, index: Int) async -> Sample {
            order.calls.withLock { $0.append("\(name)\(index)") }
            var sample = Sample(
                workload: workload.id, variant: variant.label, endpoint: name, index: index, began: 1)
            sample.phases = [
                .init(PhaseName.create, milliseconds: milliseconds), .init(PhaseName.start, milliseconds: milliseconds),
                .init(PhaseName.ready, milliseconds: milliseconds * 2 + Double(index)),
            ]
            if index == failsAt { sample.failure = "fell over" }
            return sample
        }
    }

    private func result() async throws -> (result: BenchmarkResult, order: [String]) {
        let order = Script.Order()
        let samplers = [Script("a", order, 1), Script("b", order, 10, failsAt: 2)]
        var options = BenchmarkOptions()
        options.samples = 4
        options.warmUp = 1
        let workload = try WorkloadFile.parse("title: t\nclients: [1, 2]", id: "w")
        let exec = try WorkloadFile.parse("title: t\nkind: exec", id: "x")
        let result = try await BenchmarkRun([workload, exec], on: samplers, options: options).run { _, _, _ in }
        let cleaned = samplers.map { $0.isCleaned.load(ordering: .relaxed) }
        #expect(cleaned == [true, true])
        return (result, order.calls.withLock { $0 })
    }

    @Test func endpointsTakeTurnsAndWarmUpIsNotKept() async throws {
        let (result, order) = try await result()
        #expect(order.prefix(6) == ["a-1", "b-1", "a0", "b0", "a1", "b1"])
        #expect(result.samples.filter { $0.variant == "closed" }.count == 8)
        #expect(result.samples.filter { $0.variant == "closed, 2 clients" }.count == 16)
        #expect(result.refusalLines == ["a cannot: x", "b cannot: x"])
        #expect(result.values(PhaseName.ready, workload: "w", variant: "closed", endpoint: "b").count == 3)
    }

    @Test func rawSamplesComeBackAsTheyWere() async throws {
        let (result, _) = try await result()
        #expect(try RawData.samples(in: RawData.text(of: result)) == result.samples)
        #expect(throws: BenchmarkFault.self) { try RawData.samples(in: "{\"other\": 1}") }
    }

    @Test func tablesAndPagesHoldEveryEndpointAndEveryFailure() async throws {
        let (result, _) = try await result()
        let text = TextTable(result).text
        #expect(text.contains("script <b>"))
        #expect(text.contains("does not count: w (closed) on b: fell over"))
        let page = Page(result).html
        #expect(page.contains("script &lt;b&gt;"))
        #expect(page.contains("<polyline"))
        #expect(!page.contains("http://") && !page.contains("https://"), "the page needs nothing else")
        let summary = RawData.summary(of: result).array ?? []
        let ready = summary.first { $0["phase"]?.string == PhaseName.ready && $0["endpoint"]?.string == "b" }
        #expect(ready?["samples"]?.int64 == 3 && ready?["failures"]?.int64 == 1)
        #expect((ready?["ratio"]?["value"]?.double ?? 0) > 5)
    }

    @Test func workloadsSayWhatIsWrongWithThem() throws {
        let cases = [
            ("kind: cycle", "w.yaml: title is missing"), ("title: t\nkinds: x", "w.yaml: kinds is no key"),
            ("title: t\nkind: fast", "w.yaml: kind must be one of"),
            ("title: t\nkind: port", "w.yaml: port belongs to"),
            ("title: t\narrivals: [often]", "w.yaml: arrivals has \"often\""), ("- a", "w.yaml has no keys"),
        ]
        for (text, message) in cases {
            let error = #expect(throws: WorkloadError.self) { try WorkloadFile.parse(text, id: "w") }
            #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
        }
    }

    @Test func createOptionsKeepTheirTypes() throws {
        let workload = try WorkloadFile.parse(
            "title: t\ncreate: {HostConfig: {Memory: 64, Init: true, Binds: ['1']}}", id: "w")
        #expect(workload.create["HostConfig"] == ["Memory": 64, "Init": true, "Binds": ["1"]])
    }

    @Test func serverTimingIsRead() {
        let phases = ServerTiming.phases(["rootfs;dur=0.31, clone;desc=\"x\";dur=0.2", "odd"], of: "start")
        #expect(phases == [.init("start.rootfs", milliseconds: 0.31), .init("start.clone", milliseconds: 0.2)])
    }
}
