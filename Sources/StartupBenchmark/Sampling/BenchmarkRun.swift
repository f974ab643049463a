import Synchronization

/// How much is measured.
public struct BenchmarkOptions: Sendable, Hashable {
    /// Samples of each endpoint and variant that are kept.
    public var samples = 100
    /// Samples before them that are not.
    public var warmUp = 5

    /// The defaults.
    public init() {}
}

/// What a run has measured.
public struct BenchmarkResult: Sendable {
    /// Endpoints in their order, each with what it says of itself.
    public internal(set) var endpoints: [(name: String, description: String)] = []
    /// The workloads in their order.
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

    /// The samples that count, of one phase.
    public func values(_ phase: String, workload: String, variant: String, endpoint: String) -> [Double] {
        samples.compactMap { sample in
            sample.workload == workload && sample.variant == variant && sample.endpoint == endpoint
                && sample.failure == nil ? sample[phase] : nil
        }
    }
}

/// Measures workloads against endpoints, sample by sample in turn (A B C A B C …), so that whatever drifts, drifts for
/// all of them alike.
public struct BenchmarkRun: Sendable {
    private let samplers: [any Sampler]
    private let workloads: [Workload]
    private let options: BenchmarkOptions

    /// A run of all workloads against all endpoints.
    public init(_ workloads: [Workload], on samplers: [any Sampler], options: BenchmarkOptions) {
        self.workloads = workloads
        self.samplers = samplers
        self.options = options
    }

    /// Measures.
    ///
    /// - Parameter progress: is told what is being measured, and how far it is.
    public func run(progress: @Sendable (_ what: String, _ done: Int, _ of: Int) -> Void) async throws
        -> BenchmarkResult
    {
        let before = MachineLoad.now()
        var result = BenchmarkResult(load: (before, before), machine: Machine.description())
        result.workloads = workloads
        for sampler in samplers { result.endpoints.append((sampler.name, try await sampler.describe())) }
        do {
            for workload in workloads {
                for variant in workload.variants {
                    try await measure(workload, variant, into: &result, progress: progress)
                }
            }
        } catch {
            for sampler in samplers { try await sampler.cleanUp() }
            throw error
        }
        for sampler in samplers { try await sampler.cleanUp() }
        result.load.after = MachineLoad.now()
        return result
    }

    private func measure(
        _ workload: Workload, _ variant: Workload.Variant, into result: inout BenchmarkResult,
        progress: @Sendable (String, Int, Int) -> Void
    ) async throws {
        var able: [any Sampler] = []
        for sampler in samplers {
            if let reason = sampler.refusal(of: workload) {
                result.refusals.append(
                    BenchmarkResult.Refusal(endpoint: sampler.name, workload: workload.id, reason: reason))
            } else {
                try await sampler.prepare(workload, variant)
                able.append(sampler)
            }
        }
        guard !able.isEmpty else { return }
        let rounds = options.warmUp + options.samples
        for round in 0..<rounds {
            progress("\(workload.id), \(variant.label)", round, rounds)
            for sampler in able {
                try Task.checkCancellation()
                let index = round - options.warmUp
                let samples = await take(workload, variant, of: sampler, index: index)
                if index >= 0 { result.samples += samples }
                if case .spaced(let milliseconds) = variant.arrival {
                    // The pause is what is measured here: the kernel's grace periods end in it.
                    try await Task.sleep(for: .milliseconds(milliseconds))
                }
            }
        }
    }

    /// One sample, or with several clients one of each, all at once.
    private func take(_ workload: Workload, _ variant: Workload.Variant, of sampler: any Sampler, index: Int) async
        -> [Sample]
    {
        guard variant.clients > 1 else { return [await sampler.sample(workload, variant, index: index)] }
        return await withTaskGroup(of: Sample.self) { group in
            for client in 0..<variant.clients {
                group.addTask {
                    await sampler.sample(workload, variant, index: index * variant.clients + client)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}
