/// How many times larger one median is than another, and how sure that is.
public struct Ratio: Sendable, Hashable {
    /// Median of the first over median of the second.
    public let value: Double
    /// The bounds between which 95 of 100 resamplings lie.
    public let low: Double
    /// See `low`.
    public let high: Double
    /// How many samples the smaller set has: an interval of few says little.
    public let samples: Int

    /// The ratio with a percentile bootstrap interval (Efron 1979): both sets are drawn anew with replacement, the
    /// medians divided, again and again.
    ///
    /// - Parameters:
    ///   - seed: the same seed gives the same interval.
    ///   - rounds: how often is drawn.
    public init?(of first: [Double], over second: [Double], seed: UInt64 = 1, rounds: Int = 2000) {
        guard let top = Distribution(first), let bottom = Distribution(second), bottom.median > 0 else { return nil }
        value = top.median / bottom.median
        samples = min(top.count, bottom.count)
        var generator = SplitMix64(state: seed)
        var ratios: [Double] = []
        ratios.reserveCapacity(rounds)
        for _ in 0..<rounds {
            let divisor = Self.resampledMedian(bottom.sorted, &generator)
            if divisor > 0 { ratios.append(Self.resampledMedian(top.sorted, &generator) / divisor) }
        }
        guard let spread = Distribution(ratios) else { return nil }
        low = spread.quantile(0.025)
        high = spread.quantile(0.975)
    }

    private static func resampledMedian(_ samples: [Double], _ generator: inout SplitMix64) -> Double {
        // Of sorted samples only the places matter that are drawn: the median of the places is the place of the median.
        var counts = [Int](repeating: 0, count: samples.count)
        for _ in samples { counts[Int.random(in: 0..<samples.count, using: &generator)] += 1 }
        let (first, second) = ((samples.count - 1) / 2, samples.count / 2)
        var passed = 0
        var lower: Double?
        for (place, count) in counts.enumerated() {
            passed += count
            if lower == nil, passed > first { lower = samples[place] }
            if passed > second { return ((lower ?? samples[place]) + samples[place]) / 2 }
        }
        return samples[samples.count - 1]
    }
}

/// A small generator with a seed (Steele, Lea and Flood 2014), so that intervals can be computed again.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
