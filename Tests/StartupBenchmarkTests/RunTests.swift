import Foundation
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
        let failsAt: Set<Int>
        let isCleaned = Atomic(false)

        final class Order: Sendable { let calls = Mutex<[String]>([]) }

        init(_ name: String, _ order: Order, _ milliseconds: Double, failsAt: Set<Int> = []) {
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
                .init(PhaseName.create, milliseconds), .init(PhaseName.start, milliseconds),
                .init(PhaseName.ready, milliseconds * 2 + Double(index)),
            ]
            if failsAt.contains(index) { sample.failure = "fell over" }
            return sample
        }
    }

    private func result() async throws -> (result: BenchmarkResult, order: [String]) {
        let order = Script.Order()
        let samplers = [Script("a", order, 1), Script("b", order, 10, failsAt: [2])]
        var options = BenchmarkOptions()
        options.samples = 4
        options.warmUp = 1
        options.turn = .milliseconds(1)
        options.turns = 2
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
        let crowd = result.values(PhaseName.throughput, workload: "w", variant: "2 clients", endpoint: "a")
        #expect(crowd.count == 2 && crowd.allSatisfy { $0 > 0 }, "one figure for each turn")
        #expect(result.values(PhaseName.ready, workload: "w", variant: "2 clients", endpoint: "a").count >= 4)
        #expect(result.refusalLines == ["a cannot: x", "b cannot: x"])
        #expect(result.values(PhaseName.ready, workload: "w", variant: "closed", endpoint: "b").count == 3)
    }

    @Test func whatIsResidentBelongsToWhoIsMeasured() async throws {
        let order = Script.Order()
        let workload = try WorkloadFile.parse("title: t\nresident: [1, 2]\narrivals: []", id: "w")
        var options = BenchmarkOptions()
        options.samples = 1
        options.warmUp = 0
        let samplers = [Script("a", order, 1), Script("b", order, 2)]
        _ = try await BenchmarkRun([workload], on: samplers, options: options).run { _, _, _ in }
        #expect(order.calls.withLock { $0 } == ["a0", "a0", "b0", "b0"])
    }

    @Test func rawSamplesComeBackAsTheyWere() async throws {
        let (result, _) = try await result()
        let again = try RawData.result(in: RawData.text(of: result))
        #expect(again.samples == result.samples && again.workloads == result.workloads)
        #expect(again.endpoints.map(\.name) == ["a", "b"] && again.refusals == result.refusals)
        #expect(again.merged(with: again).endpoints.count == 2)
        #expect(throws: BenchmarkFault.self) { try RawData.samples(in: "{\"other\": 1}") }
    }

    @Test func tablesAndPagesHoldEveryEndpointAndEveryFailure() async throws {
        let (result, _) = try await result()
        let summary = BenchmarkSummary(result, roles: Roles(["a", "b"], baseline: "a", subject: "b"))
        let text = TextTable(summary).text
        #expect(text.contains("script <b>"))
        #expect(text.contains("1 do not count: w (closed) on b: fell over"))
        let page = Page(summary).html
        #expect(page.contains("script &lt;b&gt;"))
        #expect(page.contains("<polyline"))
        #expect(!page.contains("http://") && !page.contains("https://"), "the page needs nothing else")
        let figures = RawData.json(of: summary)["figures"]?.array ?? []
        let ready = figures.first { $0["phase"]?.string == PhaseName.ready && $0["endpoint"]?.string == "b" }
        #expect(ready?["samples"]?.int64 == 3 && ready?["failures"]?.int64 == 1)
        #expect((ready?["overBaseline"]?["value"]?.double ?? 0) > 5)
    }

    @Test func whoCannotIsNamedAndCostsTheOthersNothing() async throws {
        struct Unreachable: Sampler {
            let name: String
            let isAbsent: Bool
            func describe() async throws -> String {
                if isAbsent { throw BenchmarkFault("no such socket") }
                return "there"
            }
            func refusal(of workload: Workload) -> String? { nil }
            func prepare(_ workload: Workload, _ variant: Workload.Variant) async throws {
                throw BenchmarkFault("no image")
            }
            func sample(_ workload: Workload, _ variant: Workload.Variant, index: Int) async -> Sample {
                Sample(workload, variant, name, index: index)
            }
            func cleanUp() async throws { throw BenchmarkFault("still there") }
        }
        let order = Script.Order()
        let samplers: [any Sampler] = [
            Unreachable(name: "gone", isAbsent: true), Unreachable(name: "bare", isAbsent: false),
            Script("a", order, 1),
            Script("ill", order, 1, failsAt: Set(-5...100)),
        ]
        var options = BenchmarkOptions()
        options.samples = 20
        let workload = try WorkloadFile.parse("title: t", id: "w")
        let result = try await BenchmarkRun([workload], on: samplers, options: options).run { _, _, _ in }
        #expect(result.endpoints.map(\.name) == ["bare", "a", "ill"])
        #expect(result.values(PhaseName.ready, workload: "w", variant: "closed", endpoint: "a").count == 20)
        #expect(
            result.refusalLines == [
                "gone does not answer (no such socket) for: all",
                "bare could not be made ready (closed: no image) for: w",
                "bare was not cleaned up (still there) after: all",
            ])
        #expect(result.failureLines == ["3 do not count: w (closed) on ill: fell over"], "and then it is asked no more")
    }

    @Test func aWorkloadForAStorageIsAskedOfNobodyElse() async throws {
        let order = Script.Order()
        let workload = try WorkloadFile.parse("title: t\nstorage: tmpfs", id: "w")
        var options = BenchmarkOptions()
        options.samples = 1
        let result = try await BenchmarkRun([workload], on: [Script("a", order, 1)], options: options).run { _, _, _ in
        }
        #expect(result.samples.isEmpty && result.refusals.isEmpty)
    }

    @Test func whatLeavesMostBehindComesLast() throws {
        let texts = [
            ("pull", "kind: pull"), ("log", "kind: log\nbytes: 1"), ("dense", "resident: [500]\narrivals: []"),
            ("crowd", "clients: [8]\narrivals: []"), ("plain", "kind: cycle"), ("memory", "kind: memory"),
        ]
        let workloads = try texts.map { try WorkloadFile.parse("title: t\n\($1)", id: $0) }
        #expect(Workload.ordered(workloads).map(\.id) == ["memory", "plain", "crowd", "dense", "log", "pull"])
    }

    @Test func workloadsSayWhatIsWrongWithThem() throws {
        let cases = [
            ("kind: cycle", "w.yaml: title is missing"), ("title: t\nkinds: x", "w.yaml: kinds is no key"),
            ("title: t\nkind: fast", "w.yaml: kind must be one of"),
            ("title: t\nkind: port", "w.yaml: port belongs to"),
            ("title: t\nkind: log", "w.yaml: bytes belongs to"),
            ("title: t\narrivals: []", "w.yaml: arrivals is empty"),
            ("title: t\nresident: [0]", "w.yaml: clients and resident are numbers from 1"),
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
        #expect(phases == [.init("server.start.rootfs", 0.31), .init("server.start.clone", 0.2)])
    }

    @Test func payloadsAreCountedWhateverPiecesTheyComeIn() {
        let frames: [UInt8] =
            [1, 0, 0, 0, 0, 0, 1, 4] + [UInt8](repeating: 7, count: 260) + [2, 0, 0, 0, 0, 0, 0, 2, 9, 9]
        for size in [1, 3, 8, 11, 1000] {
            var counter = FrameCounter()
            var rest = frames[...]
            while !rest.isEmpty {
                counter.take(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            #expect(counter.payload == 262, "in pieces of \(size)")
        }
    }

    @Test func everyWorkloadOfThisRepositoryCanBeRead() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../benchmarks/workloads")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        #expect(files.count > 15)
        for file in files {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            let workload = try WorkloadFile.parse(text, id: String(file.dropLast(5)))
            #expect(try Workload(workload.json) == workload, "\(file)")
        }
    }
}
