import RawJSON
import Scenario

extension CaseReplay {
    /// Waits until the next part of a body that is still coming matches; with `ended`, nothing else may come before its end.
    func matchNext(
        _ job: inout ExchangeJob, _ body: BodyPattern, ended: Bool, deadline: Deadline
    ) async throws {
        switch body {
        case .notAsserted, .empty, .byteCount, .tar: return
        case .text(let pattern): try await nextText(&job, pattern, ended: ended, deadline: deadline)
        case .jsonStream(let pattern): try await nextValues(&job, pattern, ended: ended, deadline: deadline)
        case .json(let pattern): try await nextValue(&job, pattern, ended: ended, deadline: deadline)
        }
    }

    private func nextText(
        _ job: inout ExchangeJob, _ pattern: TextPattern, ended: Bool, deadline: Deadline
    ) async throws {
        var matcher = TextMatcher(pattern, variables: variables, mode: ended ? .complete : .next, location: "body")
        matcher.append(job.pendingText)
        while case .incomplete = matcher.progress {
            guard let content = try await more(job, deadline: deadline) else {
                throw late(
                    DeadlineExceeded(awaited: "more of the answer to \(job.source)", limit: deadline.limit),
                    departures(matcher.mismatchesNow, command: job.source, since: job.mark), since: job.mark)
            }
            matcher.append(content.stdout[job.taken...])
            job.taken = content.stdout.count
            if content.ending != nil { matcher.finish() }
        }
        job.pendingText = matcher.rest
        try settle(matcher.progress, job)
    }

    private func nextValues(
        _ job: inout ExchangeJob, _ pattern: JSONStreamPattern, ended: Bool, deadline: Deadline
    ) async throws {
        var matcher = JSONStreamMatcher(pattern, variables: variables, mode: ended ? .complete : .next)
        while true {
            for value in job.values.waiting { matcher.append(value) }
            job.values.waiting = []
            guard case .incomplete = matcher.progress else { break }
            guard let content = try await more(job, deadline: deadline) else {
                var last = matcher
                last.finish()
                let missing = if case .failed(let mismatches) = last.progress { mismatches } else { [Mismatch]() }
                throw late(
                    DeadlineExceeded(awaited: "more of the answer to \(job.source)", limit: deadline.limit),
                    departures(missing, command: job.source, since: job.mark), since: job.mark)
            }
            try takeValues(&job, content)
            if content.ending != nil {
                for value in job.values.waiting { matcher.append(value) }
                job.values.waiting = []
                matcher.finish()
            }
        }
        job.values.waiting = matcher.rest
        try settle(matcher.progress, job)
    }

    private func nextValue(
        _ job: inout ExchangeJob, _ pattern: JSONPattern, ended: Bool, deadline: Deadline
    ) async throws {
        while job.values.waiting.isEmpty {
            guard let content = try await more(job, deadline: deadline) else {
                let mismatch = Mismatch(
                    line: pattern.line, location: "body", expected: pattern.source, got: "nothing so far")
                throw late(
                    DeadlineExceeded(awaited: "the next value of the answer to \(job.source)", limit: deadline.limit),
                    departures([mismatch], command: job.source, since: job.mark), since: job.mark)
            }
            try takeValues(&job, content)
            guard job.values.waiting.isEmpty, content.ending != nil else { continue }
            let mismatch = Mismatch(
                line: pattern.line, location: "body", expected: pattern.source, got: "the end of the answer")
            return try settle(departures([mismatch], command: job.source, since: job.mark), since: job.mark)
        }
        let result = pattern.match(job.values.waiting.removeFirst(), variables: variables)
        try settle(departures(result.mismatches, command: job.source, since: job.mark), since: job.mark)
        capture(result.captures)
        guard ended else { return }
        while let content = try await more(job, deadline: deadline), content.ending == nil {
            try takeValues(&job, content)
        }
        try takeValues(&job, job.exchange.tape.content)
        guard let surplus = job.values.waiting.first else { return }
        let mismatch = Mismatch(line: pattern.line, location: "body", expected: "nothing more", got: surplus.text())
        try settle(departures([mismatch], command: job.source, since: job.mark), since: job.mark)
    }

    private func takeValues(_ job: inout ExchangeJob, _ content: OutputTape.Content) throws {
        do {
            try job.values.append(content.stdout[job.taken...])
            job.taken = content.stdout.count
            if content.ending != nil { try job.values.finish() }
        } catch {
            let mismatch = Mismatch(line: job.line, location: "body", expected: "JSON values", got: "\(error)")
            throw ReplayStop.departed(departures([mismatch], command: job.source, since: job.mark))
        }
    }

    /// The tape once it has more than was taken, or has ended; `nil` where the deadline passes first.
    private func more(_ job: ExchangeJob, deadline: Deadline) async throws -> OutputTape.Content? {
        let tape = job.exchange.tape
        let taken = job.taken
        do {
            return try await deadline.run(awaiting: "more") {
                try await tape.wait { $0.stdout.count > taken || $0.ending != nil ? $0 : nil }
            }
        } catch is DeadlineExceeded {
            return nil
        }
    }

    private func settle(_ progress: MatchProgress, _ job: ExchangeJob) throws {
        switch progress {
        case .matched(let captures): capture(captures)
        case .failed(let mismatches):
            try settle(departures(mismatches, command: job.source, since: job.mark), since: job.mark)
        case .incomplete: break
        }
    }
}
