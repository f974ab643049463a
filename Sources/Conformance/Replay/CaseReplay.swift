import Scenario

/// Carries out the steps of one case, in order, until one departs.
actor CaseReplay {
    let document: ScenarioDocument
    let context: ReplayContext
    var variables: Variables
    var jobs: [String: Job] = [:]
    private(set) var observations: [Observation] = []

    init(document: ScenarioDocument, context: ReplayContext, variables: Variables) {
        self.document = document
        self.context = context
        self.variables = variables
    }

    /// Replays all steps; what was left in the background is ended in any case.
    ///
    /// - Throws: `ReplayStop`, or `CancellationError`.
    func run() async throws {
        do {
            for step in document.steps {
                try Task.checkCancellation()
                try await replay(step)
            }
        } catch {
            await endJobs()
            throw error
        }
        await endJobs()
    }

    private func replay(_ step: Step) async throws {
        switch step {
        case .console(let block):
            for command in block.commands { try await replay(command) }
        case .http(let block): try await replay(block)
        case .file(let file):
            try CaseDirectory.write(Array(try expand(file.content).utf8), name: file.name, in: context.directory)
        case .tar(let tar):
            try CaseDirectory.write(try tarBytes(tar), name: tar.name, in: context.directory)
        }
    }

    /// Carries out a step again and again until it holds; the last attempt's differences are the verdict.
    func repeating(within limit: Duration, _ attempt: (Deadline) async throws -> Void) async throws {
        let deadline = context.deadline.nested(limit)
        let last: [Departure]? = try await deadline.repeating {
            do {
                try await attempt(deadline)
                return nil
            } catch ReplayStop.departed(let departures) {
                return departures
            }
        }
        guard var departures = last else { return }
        for index in departures.indices { departures[index].expected += ", within \(TerminalText.seconds(limit))" }
        throw ReplayStop.departed(departures)
    }

    private func endJobs() async {
        for job in jobs.values { await job.end() }
        jobs = [:]
    }

    func observe(_ line: Int, _ outcome: Observation.Outcome) {
        guard context.records else { return }
        observations.append(Observation(line: line, outcome: outcome, variables: variables))
    }

    func capture(_ captures: [String: String]) {
        variables = variables.adding(captures)
    }

    func expand(_ template: Template) throws -> String {
        do {
            return try template.expand(variables)
        } catch {
            throw ReplayStop.fault("\(document.label(line: error.line)): \(error)")
        }
    }

    /// Ends the step: differences stop the case, or are kept for the recording.
    func settle(_ departures: [Departure], since mark: Int) throws {
        guard !departures.isEmpty, !context.records else { return }
        if let reason = unsupportedReason(since: mark) { throw ReplayStop.unsupported(reason) }
        throw ReplayStop.departed(departures)
    }

    func late(_ error: DeadlineExceeded, _ departures: [Departure], since mark: Int) -> ReplayStop {
        if let reason = unsupportedReason(since: mark) { return .unsupported(reason) }
        return .late(reason: "\(error)", departures)
    }

    /// The endpoint's own word that it does not have what was asked: 501, or the answer it gives to an unknown route.
    private func unsupportedReason(since mark: Int) -> String? {
        for exchange in context.transcript.exchanges(since: mark) {
            if exchange.status == 501 { return "\(exchange.method) \(exchange.target) answers 501" }
            if context.engine.unknownRoute.matches(exchange) {
                return "\(exchange.method) \(exchange.target) is no route of this endpoint"
            }
        }
        return nil
    }

    /// Differences as reports show them, with what went over the wire since the mark.
    func departures(_ mismatches: [Mismatch], command: String, since mark: Int) -> [Departure] {
        let wire = context.transcript.exchanges(since: mark).suffix(3).flatMap(\.lines)
        return mismatches.enumerated().map { index, mismatch in
            Departure(
                line: mismatch.line, command: command, expected: "\(mismatch.location): \(mismatch.expected)",
                got: mismatch.got, wire: index == mismatches.count - 1 ? wire : [])
        }
    }
}
