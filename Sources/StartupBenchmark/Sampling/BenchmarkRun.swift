/// How much is measured.
public struct BenchmarkOptions: Sendable, Hashable {
    /// Samples of each endpoint and variant that are kept.
    public var samples = 100
    /// Samples before them that are not.
    public var warmUp = 5
    /// After so long a variant has samples enough, fewer than `samples` too, but never fewer than `fewest`.
    public var variantLimit: Duration = .seconds(60)
    /// How long several clients run at once in one turn of an endpoint.
    public var turn: Duration = .seconds(1)
    /// How many such turns each endpoint and number of clients has.
    public var turns = 6

    /// See `variantLimit`.
    static let fewest = 10
    /// An endpoint that fails so many samples in a row is left out of the rest of a variant.
    static let mostFailures = 3

    /// The defaults.
    public init() {}
}

/// Measures workloads against endpoints, sample by sample in turn (A B C A B C …), so that whatever drifts, drifts for
/// all of them alike. What one endpoint cannot do, or fails at, is kept in the result and costs the others nothing.
public struct BenchmarkRun: Sendable {
    /// Is told what is being measured, and how far it is.
    public typealias Progress = @Sendable (_ what: String, _ done: Int, _ of: Int) -> Void

    private let samplers: [any Sampler]
    private let workloads: [Workload]
    private let options: BenchmarkOptions

    /// A run of all workloads against all endpoints.
    public init(_ workloads: [Workload], on samplers: [any Sampler], options: BenchmarkOptions) {
        self.samplers = samplers
        self.workloads = Workload.ordered(workloads)
        self.options = options
    }

    /// Measures.
    ///
    /// - Throws: `CancellationError`; whatever happens, endpoints are cleaned up first.
    public func run(progress: Progress) async throws -> BenchmarkResult {
        let before = MachineLoad.now()
        var result = BenchmarkResult(load: (before, before), machine: Machine.description())
        result.workloads = workloads
        var answering: [any Sampler] = []
        for sampler in samplers {
            do {
                result.endpoints.append((sampler.name, try await sampler.describe()))
                answering.append(sampler)
            } catch {
                result.refuse(sampler, nil, "does not answer (\(error)) for")
            }
        }
        do {
            for workload in workloads { try await measure(workload, on: answering, into: &result, progress) }
        } catch {
            await cleanUp(answering, &result)
            throw error
        }
        await cleanUp(answering, &result)
        result.load.after = MachineLoad.now()
        return result
    }

    private func cleanUp(_ samplers: [any Sampler], _ result: inout BenchmarkResult) async {
        for sampler in samplers {
            do { try await sampler.cleanUp() } catch {
                result.refuse(sampler, nil, "was not cleaned up (\(error)) after")
            }
        }
    }

    private func measure(
        _ workload: Workload, on samplers: [any Sampler], into result: inout BenchmarkResult, _ progress: Progress
    ) async throws {
        var able: [any Sampler] = []
        for sampler in samplers where sampler.concerns(workload) {
            if let reason = sampler.refusal(of: workload) {
                result.refuse(sampler, workload, reason)
            } else {
                able.append(sampler)
            }
        }
        // pivot_root(2), for one, looks at every process of the machine: what is resident belongs to who is measured.
        let turns = workload.variants.contains { $0.resident > 0 } ? able.map { [$0] } : [able]
        for turn in turns where !turn.isEmpty { try await measureTogether(workload, on: turn, into: &result, progress) }
    }

    private func measureTogether(
        _ workload: Workload, on samplers: [any Sampler], into result: inout BenchmarkResult, _ progress: Progress
    ) async throws {
        for variant in workload.variants where variant.clients == 0 {
            let ready = try await prepared(workload, variant, samplers, &result)
            try await measure(workload, variant, on: ready, into: &result, progress)
        }
        let crowds = workload.variants.filter { $0.clients > 0 }
        if let first = crowds.first {
            let ready = try await prepared(workload, first, samplers, &result)
            try await crowd(workload, crowds, on: ready, into: &result, progress)
        }
        for sampler in samplers {
            do { try await sampler.finish(workload) } catch {
                result.refuse(sampler, workload, "kept something (\(error)) of")
            }
        }
    }

    /// Those that could be made ready; where containers are resident, with a look at memory.
    private func prepared(
        _ workload: Workload, _ variant: Workload.Variant, _ samplers: [any Sampler], _ result: inout BenchmarkResult
    ) async throws -> [any Sampler] {
        var ready: [any Sampler] = []
        for sampler in samplers {
            do {
                try Task.checkCancellation()
                try await sampler.prepare(workload, variant)
                if variant.resident > 0 {
                    var sample = Sample(workload, variant, sampler.name, index: 0)
                    sample.phases = try await sampler.memory()
                    if !sample.phases.isEmpty { result.samples.append(sample) }
                }
                ready.append(sampler)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                result.refuse(sampler, workload, "could not be made ready (\(variant.label): \(error)) for")
            }
        }
        return ready
    }

    private func measure(
        _ workload: Workload, _ variant: Workload.Variant, on samplers: [any Sampler],
        into result: inout BenchmarkResult, _ progress: Progress
    ) async throws {
        let warmUp = workload.warmUp ?? options.warmUp
        let rounds = warmUp + min(options.samples, workload.samples ?? .max)
        var failures: [String: Int] = [:]
        let began = ContinuousClock.now
        for round in 0..<rounds {
            if round >= warmUp + BenchmarkOptions.fewest, ContinuousClock.now - began > options.variantLimit { return }
            progress("\(workload.id), \(variant.label)", round, rounds)
            for sampler in samplers where failures[sampler.name, default: 0] < BenchmarkOptions.mostFailures {
                try Task.checkCancellation()
                let sample = await sampler.sample(workload, variant, index: round - warmUp)
                failures[sampler.name] = sample.failure == nil ? 0 : failures[sampler.name, default: 0] + 1
                if round >= warmUp || sample.failure != nil { result.samples.append(sample) }
                if case .spaced(let milliseconds) = variant.arrival {
                    // The pause is what is measured here: the kernel's grace periods end in it.
                    try await Task.sleep(for: .milliseconds(milliseconds))
                }
            }
        }
    }

    /// Turns of each number of clients on each endpoint, one after the other, again and again.
    private func crowd(
        _ workload: Workload, _ variants: [Workload.Variant], on samplers: [any Sampler],
        into result: inout BenchmarkResult, _ progress: Progress
    ) async throws {
        var next: [String: Int] = [:]
        for turn in 0..<options.turns {
            for variant in variants {
                progress("\(workload.id), \(variant.label)", turn, options.turns)
                for sampler in samplers {
                    try Task.checkCancellation()
                    let key = "\(sampler.name) \(variant.clients)"
                    let taken = await Crowd(workload, variant, sampler).run(for: options.turn, from: next[key] ?? 0)
                    next[key, default: 0] += taken.count
                    result.samples += taken
                }
            }
        }
    }
}
