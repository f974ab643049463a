import Synchronization

/// Several clients on one endpoint, each of which does the same again as soon as it is done.
struct Crowd: Sendable {
    private let workload: Workload
    private let variant: Workload.Variant
    private let sampler: any Sampler

    init(_ workload: Workload, _ variant: Workload.Variant, _ sampler: any Sampler) {
        self.workload = workload
        self.variant = variant
        self.sampler = sampler
    }

    /// Numbers the samples of all clients.
    private final class Counter: Sendable {
        private let next: Atomic<Int>
        init(from first: Int) { next = Atomic(first) }
        func take() -> Int { next.add(1, ordering: .relaxed).oldValue }
    }

    /// Runs for a while; what has begun is finished. Answers every sample, with one more at their end that holds how many
    /// were completed in a second.
    func run(for turn: Duration, from first: Int) async -> [Sample] {
        let counter = Counter(from: first)
        let began = MonotonicClock.nanoseconds()
        let end = ContinuousClock.now + turn
        var samples = await withTaskGroup(of: [Sample].self) { group in
            for _ in 0..<variant.clients {
                group.addTask {
                    var own: [Sample] = []
                    repeat {
                        let index = counter.take()
                        var sample = await sampler.sample(workload, variant, index: index)
                        // Parts would fill the raw data without saying more than those of one client.
                        sample.details = []
                        sample.phases.removeAll { ![PhaseName.ready, PhaseName.cycle].contains($0.name) }
                        own.append(sample)
                        if sample.failure != nil { break }
                    } while ContinuousClock.now < end && !Task.isCancelled
                    return own
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        let seconds = MonotonicClock.milliseconds(from: began, to: MonotonicClock.nanoseconds()) / 1000
        let completed = samples.count { $0.failure == nil }
        guard completed > 0, seconds > 0 else { return samples }
        var whole = Sample(workload, variant, sampler.name, index: first)
        whole.began = began
        whole.phases = [.init(PhaseName.throughput, Double(completed) / seconds)]
        samples.append(whole)
        return samples
    }
}
