import Testing

@testable import StartupBenchmark

/// Goal: figures mean what statistics textbooks say. Method: small sets whose answers are known, and simulated ones.
@Suite struct StatisticsTests {
    @Test func quantilesLieBetweenNeighbours() throws {
        let distribution = try #require(Distribution([4, 1, 3, 2]))
        #expect(distribution.minimum == 1 && distribution.maximum == 4)
        #expect(distribution.median == 2.5)
        #expect(distribution.quantile(0.9) == 3.7)
        #expect(Distribution([]) == nil)
        #expect(try #require(Distribution([7])).quantile(0.99) == 7)
    }

    @Test func outliersAreCountedNotDropped() throws {
        let distribution = try #require(Distribution((1...20).map(Double.init) + [1000]))
        #expect(distribution.outliers == 1)
        #expect(distribution.maximum == 1000)
    }

    @Test func theIntervalHoldsTheTrueRatioMostOfTheTime() {
        var generator = SplitMix64(state: 42)
        var hits = 0
        for round in 0..<100 {
            let slow = (0..<60).map { _ in 3 * Double.random(in: 1...2, using: &generator) }
            let fast = (0..<60).map { _ in Double.random(in: 1...2, using: &generator) }
            guard let ratio = Ratio(of: slow, over: fast, seed: UInt64(round), rounds: 300) else { continue }
            #expect(ratio.low <= ratio.value && ratio.value <= ratio.high)
            if ratio.low <= 3, 3 <= ratio.high { hits += 1 }
        }
        #expect(hits >= 85, "a 95 % interval that misses more than 15 of 100 is none")
    }

    @Test func aRegressionIsOnlyWhatTheIntervalSupports() {
        func samples(_ values: [Double]) -> [Sample] {
            values.enumerated().map { index, value in
                var sample = Sample(workload: "w", variant: "closed", endpoint: "e", index: index, began: 0)
                sample.phases = [.init("start", value)]
                return sample
            }
        }
        let base = samples((0..<50).map { 10 + Double($0 % 5) })
        let slower = samples((0..<50).map { 15 + Double($0 % 5) })
        let noisy = samples([5, 40, 10, 11, 12, 13])
        #expect(Comparison(slower, against: base, allowed: 0.1).regressions.count == 1)
        #expect(Comparison(base, against: base, allowed: 0.1).regressions.isEmpty)
        #expect(Comparison(noisy, against: base, allowed: 0.1).regressions.isEmpty)
        var failed = slower
        for index in failed.indices { failed[index].failure = "did nothing" }
        #expect(Comparison(failed, against: base, allowed: 0.1).changes.isEmpty)
    }

    @Test func ratesRegressDownwardsAndFewSamplesAreNotJudged() {
        func samples(_ values: [Double], phase: String) -> [Sample] {
            values.enumerated().map { index, value in
                var sample = Sample(workload: "w", variant: "closed", endpoint: "e", index: index, began: 0)
                sample.phases = [.init(phase, value)]
                return sample
            }
        }
        let rate = samples((0..<20).map { 100 + Double($0 % 5) }, phase: PhaseName.throughput)
        let lower = samples((0..<20).map { 50 + Double($0 % 5) }, phase: PhaseName.throughput)
        let found = Comparison(lower, against: rate, allowed: 0.1).regressions
        #expect(found.map(\.unit) == [.perSecond])
        #expect(Comparison(rate, against: lower, allowed: 0.1).regressions.isEmpty, "more of it is better")
        let few = samples([10, 10, 10], phase: PhaseName.pull)
        let worse = samples([30, 30, 30], phase: PhaseName.pull)
        #expect(Comparison(worse, against: few, allowed: 0.1).changes.count == 1)
        #expect(Comparison(worse, against: few, allowed: 0.1).regressions.isEmpty)
    }

    @Test func ratiosAreSaidInTheWordsOfTheirUnit() throws {
        let slow = [20.0, 20, 20]
        let fast = [2.0, 2, 2]
        #expect(try #require(Ratio(of: fast, over: slow)).words(.milliseconds) == "10.0× faster (10.0–10.0)")
        #expect(try #require(Ratio(of: slow, over: fast)).words(.milliseconds) == "10.0× slower (10.0–10.0)")
        #expect(try #require(Ratio(of: slow, over: fast)).words(.perSecond) == "×10.0 as much (10.0–10.0)")
        #expect(try #require(Ratio(of: slow, over: fast)).times == "×10.0 (10.0–10.0)")
    }

    @Test func axesHoldRoundNumbers() throws {
        let logarithmic = try #require(Scale.logarithmic([1.5, 180], length: 100))
        #expect(logarithmic.ticks == [2, 5, 10, 20, 50, 100, 200])
        #expect(logarithmic.place(1.5) > 0 && logarithmic.place(180) < 100)
        #expect(try #require(Scale.linear([430], length: 100)).ticks == [0, 100, 200, 300, 400])
        #expect(Scale.logarithmic([0], length: 100) == nil)
    }

    @Test(arguments: [(0.1234, "0.123"), (1.005, "1.00"), (12.34, "12.3"), (1234.4, "1234"), (-0.5, "-0.500")])
    func figuresShowThreeDigits(value: Double, text: String) { #expect(Figures.text(value) == text) }
}
