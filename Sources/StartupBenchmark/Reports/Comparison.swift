/// A run against an earlier one.
public struct Comparison: Sendable {
    /// A phase that has become slower, or faster.
    public struct Change: Sendable, Hashable {
        /// Workload, variant, phase and endpoint.
        public var subject: String
        /// The new median over the old one.
        public var ratio: Ratio
    }

    /// What has become slower by more than was allowed, as far as the interval tells: even its lower bound says so.
    public let regressions: [Change]
    /// All that could be compared.
    public let changes: [Change]

    /// Compares samples phase by phase.
    ///
    /// - Parameter allowed: how much slower is allowed, `0.1` for ten of a hundred.
    public init(_ new: [Sample], against old: [Sample], allowed: Double) {
        struct Key: Hashable { var workload, variant, phase, endpoint: String }
        func grouped(_ samples: [Sample]) -> [Key: [Double]] {
            var groups: [Key: [Double]] = [:]
            for sample in samples where sample.failure == nil {
                for phase in sample.phases {
                    let key = Key(
                        workload: sample.workload, variant: sample.variant, phase: phase.name, endpoint: sample.endpoint
                    )
                    groups[key, default: []].append(phase.milliseconds)
                }
            }
            return groups
        }
        let before = grouped(old)
        changes = grouped(new).compactMap { key, values -> Change? in
            guard let base = before[key], let ratio = Ratio(of: values, over: base) else { return nil }
            return Change(
                subject: "\(key.workload) (\(key.variant)), \(key.phase), \(key.endpoint)", ratio: ratio)
        }.sorted { $0.subject < $1.subject }
        regressions = changes.filter { $0.ratio.low > 1 + allowed }
    }
}
