import RawJSON

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
    }

    /// One endpoint's figures.
    public struct Cell: Sendable, Hashable {
        /// The endpoint's name.
        public var endpoint: String
        /// Its samples.
        public var distribution: Distribution
        /// Samples that do not count.
        public var failures: Int
        /// The first reason why one does not count.
        public var failure: String?
        /// Its median over the first endpoint's; nil for the first itself.
        public var ratio: Ratio?
    }

    /// All lines, in the order of workloads, variants and phases.
    public let rows: [Row]

    /// The lines of a result. Ratios are over the first endpoint that has the phase.
    public init(_ result: BenchmarkResult) {
        var rows: [Row] = []
        for workload in result.workloads {
            for variant in workload.variants {
                let samples = result.samples.filter { $0.workload == workload.id && $0.variant == variant.label }
                var phases: [String] = []
                for phase in samples.flatMap(\.phases) where !phases.contains(phase.name) { phases.append(phase.name) }
                for phase in phases {
                    let cells = Self.cells(phase, of: samples, endpoints: result.endpoints.map(\.name))
                    rows.append(
                        Row(workload: workload.id, variant: variant.label, phase: phase, cells: cells))
                }
                if phases.isEmpty, let failure = samples.first?.failure {
                    rows.append(Row(workload: workload.id, variant: variant.label, phase: failure, cells: []))
                }
            }
        }
        self.rows = rows
    }

    private static func cells(_ phase: String, of samples: [Sample], endpoints: [String]) -> [Cell] {
        var cells: [Cell] = []
        for endpoint in endpoints {
            let own = samples.filter { $0.endpoint == endpoint }
            let values = own.filter { $0.failure == nil }.compactMap { $0[phase] }
            guard let distribution = Distribution(values) else { continue }
            let failures = own.filter { $0.failure != nil }
            cells.append(
                Cell(
                    endpoint: endpoint, distribution: distribution, failures: failures.count,
                    failure: failures.first?.failure,
                    ratio: cells.first.flatMap { Ratio(of: values, over: $0.distribution.sorted) }))
        }
        return cells
    }

    /// How many samples did not do what they should.
    public static func failures(in result: BenchmarkResult) -> Int {
        result.samples.filter { $0.failure != nil }.count
    }
}

/// Milliseconds as people read them: three digits that count.
enum Milliseconds {
    static func text(_ value: Double) -> String {
        switch value {
        case 100...: fixed(value, 0)
        case 10...: fixed(value, 1)
        case 1...: fixed(value, 2)
        default: fixed(value, 3)
        }
    }

    static func fixed(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int64((value.magnitude * scale).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + String(scaled) }
        let whole = String(scaled)
        let padded = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
        return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
    }
}
