/// What a set of samples looks like; none of them is thrown away.
public struct Distribution: Sendable, Hashable {
    /// The samples, smallest first.
    public let sorted: [Double]

    /// A distribution of at least one sample; nil without any.
    public init?(_ samples: [Double]) {
        guard !samples.isEmpty else { return nil }
        sorted = samples.sorted()
    }

    /// How many samples there are.
    public var count: Int { sorted.count }
    /// The smallest.
    public var minimum: Double { sorted[0] }
    /// The largest.
    public var maximum: Double { sorted[sorted.count - 1] }
    /// The middle one.
    public var median: Double { quantile(0.5) }

    /// The value below which that part of the samples lies, linear between neighbours (Hyndman and Fan's type 7, which
    /// R and NumPy take by default).
    ///
    /// - Parameter part: 0 to 1.
    public func quantile(_ part: Double) -> Double {
        let place = part * Double(sorted.count - 1)
        let below = Int(place)
        guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
        return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
    }

    /// p99 over p50; nil where the median is 0.
    public var spread: Double? { median > 0 ? quantile(0.99) / median : nil }

    /// How many samples lie more than three interquartile ranges above the third quartile: shown, not dropped.
    public var outliers: Int {
        let (low, high) = (quantile(0.25), quantile(0.75))
        let fence = high + 3 * (high - low)
        return sorted.count - (sorted.firstIndex { $0 > fence } ?? sorted.count)
    }
}
