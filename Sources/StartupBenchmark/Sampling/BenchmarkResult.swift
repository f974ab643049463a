/// What a run has measured.
public struct BenchmarkResult: Sendable {
    /// Endpoints in their order, each with what it says of itself.
    public internal(set) var endpoints: [(name: String, description: String)] = []
    /// The workloads in the order in which they were measured.
    public internal(set) var workloads: [Workload] = []
    /// Every sample, in the order in which they were taken.
    public internal(set) var samples: [Sample] = []
    /// What was not measured, and why.
    public internal(set) var refusals: [Refusal] = []
    /// The load before and after.
    public internal(set) var load: (before: MachineLoad, after: MachineLoad)
    /// The machine, for the record.
    public internal(set) var machine: String

    /// A workload that an endpoint cannot carry out.
    public struct Refusal: Sendable, Hashable {
        /// Who cannot.
        public var endpoint: String
        /// What.
        public var workload: String
        /// Why.
        public var reason: String
    }

    /// One sentence where the machine was busy before the run.
    public var warning: String? {
        guard load.before.isBusy else { return nil }
        return "The machine was busy: these figures say as much of its other work as of what was measured."
    }

    /// One line for each endpoint and reason: `floor has nothing to compare with: exec, limits`.
    public var refusalLines: [String] {
        var lines: [(key: String, workloads: [String])] = []
        for refusal in refusals {
            let key = "\(refusal.endpoint) \(refusal.reason)"
            let place = lines.firstIndex { $0.key == key } ?? lines.count
            if place == lines.count { lines.append((key, [])) }
            if !lines[place].workloads.contains(refusal.workload) { lines[place].workloads.append(refusal.workload) }
        }
        return lines.map { "\($0.key): \($0.workloads.joined(separator: ", "))" }
    }

    /// One line for each reason why samples do not count, with how many.
    public var failureLines: [String] {
        var counts: [String: Int] = [:]
        for sample in samples {
            guard let failure = sample.failure else { continue }
            counts["\(sample.workload) (\(sample.variant)) on \(sample.endpoint): \(failure)", default: 0] += 1
        }
        return counts.sorted { $0.key < $1.key }.map { "\($0.value) do not count: \($0.key)" }
    }

    /// The samples that count, of one phase.
    public func values(_ phase: String, workload: String, variant: String, endpoint: String) -> [Double] {
        samples.compactMap { sample in
            sample.workload == workload && sample.variant == variant && sample.endpoint == endpoint
                && sample.failure == nil ? sample[phase] : nil
        }
    }

    /// This result with that of another run beside it, for what cannot be measured under one set of conditions.
    public func merged(with other: BenchmarkResult) -> BenchmarkResult {
        var result = self
        result.endpoints += other.endpoints.filter { added in !endpoints.contains { $0.name == added.name } }
        result.workloads += other.workloads.filter { added in !workloads.contains { $0.id == added.id } }
        result.samples += other.samples
        result.refusals += other.refusals.filter { !refusals.contains($0) }
        result.load.before = [load.before, other.load.before].max { $0.average < $1.average } ?? load.before
        result.load.after = [load.after, other.load.after].max { $0.average < $1.average } ?? load.after
        return result
    }

    mutating func refuse(_ sampler: any Sampler, _ workload: Workload?, _ reason: String) {
        refusals.append(Refusal(endpoint: sampler.name, workload: workload?.id ?? "all", reason: reason))
    }
}
