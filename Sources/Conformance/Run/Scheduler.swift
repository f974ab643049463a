import Scenario
import Synchronization

/// Hands cases to so many workers, and joins the attempts at one case into its result.
struct Scheduler: Sendable {
    let runner: CaseRunner
    let options: CheckOptions
    let expectations: ExpectationSet
    let reporter: RunReporter
    let jobs: Int

    /// Runs all, in this order as workers come free; the exclusive ones alone, after the others.
    ///
    /// - Returns: the results of the cases that were begun and not interrupted.
    func run(_ documents: [ScenarioDocument]) async -> [CaseResult] {
        // A clock on the screen goes on where no case begins or ends; nothing waits for it.
        let clock = reporter.redraws ? Task { try await reporter.redraw(every: .milliseconds(500)) } : nil
        defer { clock?.cancel() }
        return await withTaskCancellationHandler {
            await runAll(documents)
        } onCancel: {
            Task {
                await reporter.remark(
                    "interrupted; ending the cases under way and cleaning up (Ctrl-C again ends at once)")
            }
        }
    }

    private func runAll(_ documents: [ScenarioDocument]) async -> [CaseResult] {
        let shared = await run(documents.filter { !$0.frontMatter.exclusive }, workers: jobs)
        let stops = options.failFast && shared.contains { !$0.verdict.isAsExpected }
        let alone = stops ? [] : await run(documents.filter(\.frontMatter.exclusive), workers: 1)
        return shared + alone
    }

    private func run(_ documents: [ScenarioDocument], workers: Int) async -> [CaseResult] {
        let progress = SharedProgress()
        return await withTaskGroup(of: [CaseResult].self) { group in
            for _ in 0..<min(workers, max(1, documents.count)) {
                group.addTask {
                    var results: [CaseResult] = []
                    while !Task.isCancelled, let index = progress.take(upTo: documents.count) {
                        guard let result = await judge(documents[index]) else { break }
                        results.append(result)
                        if options.failFast, !result.verdict.isAsExpected { progress.stop() }
                    }
                    return results
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// All attempts at one case; `nil` where the run was interrupted in the middle.
    private func judge(_ document: ScenarioDocument) async -> CaseResult? {
        await reporter.began(JudgedCase(document))
        var attempts: [CaseResult] = []
        var budget = max(1, options.repeats)
        while attempts.count < budget, !Task.isCancelled {
            let outcome = await runner.run(document, attempt: attempts.count)
            if Task.isCancelled { return nil }
            attempts.append(outcome.result)
            if options.records { await record(document, outcome) }
            let last = outcome.result.verdict
            // A failure that is expected is no news, however often it comes.
            let isExpected = expectations.apply(to: outcome.result).verdict.isAsExpected
            let isRetried = [.fail, .timeout].contains(last) && !isExpected
            if attempts.count == budget, isRetried, budget < options.repeats + options.retries { budget += 1 }
            if [.skip, .unsupported].contains(last) { break }
        }
        guard let merged = CaseResult.merging(attempts) else { return nil }
        let result = expectations.apply(to: merged)
        await reporter.finished(result)
        return result
    }

    private func record(_ document: ScenarioDocument, _ outcome: CaseRunner.Outcome) async {
        let text = document.recorded(outcome.observations)
        guard text != document.text else { return }
        do {
            try ExpectationFile.write(text, to: document.file)
            await reporter.remark("recorded \(document.file)")
        } catch {
            await reporter.remark("\(error)")
        }
    }
}

/// Which case is next.
private final class SharedProgress: Sendable {
    private let state = Mutex((next: 0, stops: false))

    func take(upTo count: Int) -> Int? {
        state.withLock { state in
            guard !state.stops, state.next < count else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    func stop() { state.withLock { $0.stops = true } }
}
