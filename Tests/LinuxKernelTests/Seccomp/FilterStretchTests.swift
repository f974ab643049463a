import Testing

@testable import LinuxKernel

/// Goal: no number is decided otherwise than its range says, in fewer comparisons. Method: cuts drawn by chance.
@Suite struct FilterStretchTests {
    private static func outcome(of number: UInt32, in stretches: [FilterStretch<String>]) -> String? {
        guard let stretch = stretches.last(where: { $0.start <= number }) else { return nil }
        return stretch.exceptions.first { $0.number == number }?.outcome ?? stretch.outcome
    }

    private static func comparisons(_ stretches: [FilterStretch<String>]) -> Int {
        stretches.map(\.exceptions.count).reduce(stretches.count - 1, +)
    }

    @Test func aNumberThatDiffersTakesOneComparison() {
        let ranges: [(start: UInt32, outcome: String)] = [(0, "allow"), (9, "deny"), (10, "allow")]
        let stretches = FilterStretch.stretches(of: ranges)
        #expect(stretches.count == 1 && Self.comparisons(stretches) == 1)
        #expect(stretches.first?.outcome == "allow")
        #expect(stretches.first?.exceptions.map(\.number) == [9])
    }

    @Test func aWideRangeIsNoException() {
        let stretches = FilterStretch.stretches(of: [(0, "allow"), (9, "deny"), (90, "allow")])
        #expect(stretches.map(\.start) == [0, 9, 90] && Self.comparisons(stretches) == 2)
    }

    @Test(arguments: 1...40) func everyNumberKeepsItsOutcome(seed: Int) {
        var state = UInt64(seed)
        func draw(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        var ranges: [(start: UInt32, outcome: String)] = []
        var next: UInt32 = 0
        while ranges.count < 60 {
            let outcome = ["allow", "deny", "open"][Int(draw(3))]
            if ranges.last?.outcome != outcome { ranges.append((next, outcome)) }
            next += draw(3) == 0 ? UInt32(draw(30)) + 1 : 1
        }
        let stretches = FilterStretch.stretches(of: ranges)
        for number in 0...next + 5 {
            let expected = ranges.last { $0.start <= number }?.outcome
            #expect(Self.outcome(of: number, in: stretches) == expected, "\(number)")
        }
        #expect(Self.comparisons(stretches) < ranges.count - 1)
    }
}
