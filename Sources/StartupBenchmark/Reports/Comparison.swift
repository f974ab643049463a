/// A run against an earlier one.
public struct Comparison: Sendable {
    /// A figure that has become worse, or better.
    public struct Change: Sendable, Hashable {
        /// Workload, variant, phase and endpoint.
        public var subject: String
        /// What it counts.
        public var unit: PhaseName.Unit
        /// The new median over the old one.
        public var ratio: Ratio

        /// `1.52× slower (1.49–1.55)`.
        public var words: String { ratio.words(unit) }
    }

    /// What has become worse by more than was allowed, as far as the interval tells: even its better bound says so.
    public let regressions: [Change]
    /// All that could be compared.
    public let changes: [Change]

    /// Of fewer samples no interval is to be had, and they are not judged.
    static let fewest = 5

    /// Compares samples phase by phase.
    ///
    /// - Parameter allowed: how much worse is allowed, `0.1` for ten of a hundred.
    public init(_ new: [Sample], against old: [Sample], allowed: Double) {
        struct Key: Hashable { var workload, variant, phase, endpoint: String }
        func grouped(_ samples: [Sample]) -> [Key: [Double]] {
            var groups: [Key: [Double]] = [:]
            for sample in samples where sample.failure == nil {
                for phase in sample.phases {
                    let key = Key(
                        workload: sample.workload, variant: sample.variant, phase: phase.name, endpoint: sample.endpoint
                    )
                    groups[key, default: []].append(phase.value)
                }
            }
            return groups
        }
        let before = grouped(old)
        changes = grouped(new).compactMap { key, values -> Change? in
            guard let base = before[key], let ratio = Ratio(of: values, over: base) else { return nil }
            return Change(
                subject: "\(key.workload) (\(key.variant)), \(key.phase), \(key.endpoint)",
                unit: PhaseName.unit(of: key.phase), ratio: ratio)
        }.sorted { $0.subject < $1.subject }
        regressions = changes.filter { change in
            guard change.ratio.samples >= Self.fewest else { return false }
            return change.unit.isRate ? change.ratio.high < 1 / (1 + allowed) : change.ratio.low > 1 + allowed
        }
    }
}
