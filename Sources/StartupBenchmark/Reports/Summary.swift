/// A result boiled down: for each workload, variant, phase and endpoint its distribution.
public struct BenchmarkSummary: Sendable {
    /// One line of a table.
    public struct Row: Sendable, Hashable {
        /// What was measured.
        public var workload: String
        /// How it was run.
        public var variant: String
        /// Which part.
        public var phase: String
        /// For each endpoint that has it, in the run's order.
        public var cells: [Cell]

        /// What its figures count.
        public var unit: PhaseName.Unit { PhaseName.unit(of: phase) }

        subscript(endpoint: String) -> Cell? { cells.first { $0.endpoint == endpoint } }
    }

    /// One endpoint's figures.
    public struct Cell: Sendable, Hashable {
        /// The endpoint's name.
        public var endpoint: String
        /// Its samples.
        public var distribution: Distribution
        /// Samples that do not count.
        public var failures: Int
        /// Its median over the floor's; nil for the floor itself, and where there is none.
        public var overFloor: Ratio?
        /// Its median over the baseline's; nil for the baseline itself.
        public var overBaseline: Ratio?
    }

    /// What it was made from.
    public let result: BenchmarkResult
    /// Who is compared with whom.
    public let roles: Roles
    /// All lines, in the order of workloads, variants and phases.
    public let rows: [Row]
    /// The medians of parts of phases (`Sample.details`): for each workload, variant and endpoint, in the order of the
    /// first sample.
    public let parts: [PartKey: [Sample.Phase]]

    /// Whose parts.
    public struct PartKey: Sendable, Hashable {
        /// See `Row`.
        public var workload: String
        /// See `Row`.
        public var variant: String
        /// See `Cell`.
        public var endpoint: String
    }

    /// The lines of a result.
    public init(_ result: BenchmarkResult, roles: Roles? = nil) {
        let names = result.endpoints.map(\.name)
        let roles = roles ?? Roles(names)
        var groups: [PartKey: [Sample]] = [:]
        for sample in result.samples {
            let key = PartKey(workload: sample.workload, variant: sample.variant, endpoint: sample.endpoint)
            groups[key, default: []].append(sample)
        }
        var rows: [Row] = []
        for workload in result.workloads {
            for variant in workload.variants {
                let own = names.map { name in
                    groups[PartKey(workload: workload.id, variant: variant.label, endpoint: name)] ?? []
                }
                var phases: [String] = []
                for phase in own.joined().lazy.flatMap(\.phases) where !phases.contains(phase.name) {
                    phases.append(phase.name)
                }
                for phase in phases {
                    let cells = Self.cells(phase, of: Array(zip(names, own)), roles)
                    if !cells.isEmpty {
                        rows.append(Row(workload: workload.id, variant: variant.label, phase: phase, cells: cells))
                    }
                }
            }
        }
        self.result = result
        self.roles = roles
        self.rows = rows
        parts = groups.mapValues(Self.parts).filter { !$0.value.isEmpty }
    }

    /// The line of a phase.
    public func row(_ phase: String, _ workload: String, _ variant: String) -> Row? {
        rows.first { $0.phase == phase && $0.workload == workload && $0.variant == variant }
    }

    private static func cells(_ phase: String, of samples: [(String, [Sample])], _ roles: Roles) -> [Cell] {
        let values = samples.map { name, own in (name, own.filter { $0.failure == nil }.compactMap { $0[phase] }) }
        func reference(_ name: String?) -> [Double] { values.first { $0.0 == name }?.1 ?? [] }
        let (floor, baseline) = (reference(roles.floor), reference(roles.baseline))
        return zip(samples, values).compactMap { sample, value in
            guard let distribution = Distribution(value.1) else { return nil }
            return Cell(
                endpoint: sample.0, distribution: distribution, failures: sample.1.count { $0.failure != nil },
                overFloor: sample.0 == roles.floor ? nil : Ratio(of: value.1, over: floor),
                overBaseline: sample.0 == roles.baseline ? nil : Ratio(of: value.1, over: baseline))
        }
    }

    private static func parts(_ samples: [Sample]) -> [Sample.Phase] {
        let counted = samples.filter { $0.failure == nil }
        return (counted.first?.details ?? []).compactMap { part in
            Distribution(counted.compactMap { sample in sample.details.first { $0.name == part.name }?.value })
                .map { .init(part.name, $0.median) }
        }
    }
}
