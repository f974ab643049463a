import DockerAPI
import DockerClient
import RawJSON
import Scenario

extension CaseReplay {
    func replay(_ step: HTTPStep) async throws {
        let deadline = context.deadline.nested(step.timeout ?? ReplayContext.stepLimit)
        switch step.action {
        case .foreground(let name):
            guard case .exchange(let job)? = jobs[name] else {
                throw ReplayStop.fault(
                    "\(document.label(line: step.requestLine)): no exchange %\(name) is open. "
                        + "One starts with a request line that ends in `&\(name)`")
            }
            try await goOn(job, step, name: name, deadline: deadline)
        case .request(let template):
            guard let within = step.within else { return try await exchange(step, template, deadline: deadline) }
            try await repeating(within: within) { try await exchange(step, template, deadline: $0) }
        }
    }

    private func exchange(_ step: HTTPStep, _ template: HTTPRequestTemplate, deadline: Deadline) async throws {
        let mark = context.transcript.mark
        let prepared = try prepare(step, template)
        let client = try client(for: prepared)
        let source = "\(template.method) \(prepared.written)"
        let stream: EngineStream
        do {
            stream = try await deadline.run(awaiting: "the head of the answer to \(source)") {
                try await client.open(prepared.request)
            }
        } catch let error as DeadlineExceeded {
            let mismatch = Mismatch(
                line: step.response?.line ?? step.requestLine, location: "status",
                expected: step.response.map { "\($0.status)" } ?? "an answer", got: "no answer")
            throw late(error, departures([mismatch], command: source, since: mark), since: mark)
        } catch let error as DockerClientError {
            return try broken(error, source: source, line: step.requestLine, mark: mark)
        }
        var job = ExchangeJob(
            exchange: RunningExchange(stream: stream), source: source, line: step.requestLine, mark: mark)
        do {
            try await judge(&job, step, template, deadline: deadline)
        } catch {
            await job.exchange.close()
            throw error
        }
        if let name = step.background { jobs[name] = .exchange(job) } else { await job.exchange.close() }
    }

    /// A connection that fails is a departure: the scenario is about what the endpoint answers.
    private func broken(_ error: DockerClientError, source: String, line: Int, mark: Int) throws {
        let mismatch = Mismatch(line: line, location: "the exchange", expected: "an answer", got: "\(error)")
        let found = departures([mismatch], command: source, since: mark)
        try settle(found, since: mark)
        throw ReplayStop.departed(found)
    }

    private func judge(
        _ job: inout ExchangeJob, _ step: HTTPStep, _ template: HTTPRequestTemplate, deadline: Deadline
    ) async throws {
        let head = job.exchange.head
        if context.records, step.background == nil, step.conversation.isEmpty {
            let content = try await endOfBody(job, step, deadline: deadline)
            observe(step.requestLine, .response(status: head.status, headers: head.headers, body: content.stdout))
        }
        if let response = step.response {
            let result = response.match(status: head.status, headers: head.headers, variables: variables)
            if !result.isMatch {
                let body = await shortBody(job)
                var mismatches = result.mismatches
                if let index = mismatches.indices.first, !body.isEmpty, !response.status.accepts(head.status) {
                    let first = mismatches[index]
                    mismatches[index] = Mismatch(
                        line: first.line, location: first.location, expected: first.expected,
                        got: "\(first.got) \(body)")
                }
                try settle(departures(mismatches, command: job.source, since: job.mark), since: job.mark)
            }
            capture(result.captures)
            try await checkErrorShape(job, step, template, response, deadline: deadline)
        }
        try await proceed(&job, step, deadline: deadline)
    }

    /// Goes on with an exchange in the background.
    private func goOn(_ known: ExchangeJob, _ step: HTTPStep, name: String, deadline: Deadline) async throws {
        var job = known
        jobs[name] = nil
        do {
            try await proceed(&job, step, deadline: deadline)
        } catch {
            await job.exchange.close()
            throw error
        }
        if step.ending == .ended { await job.exchange.close() } else { jobs[name] = .exchange(job) }
    }

    private func proceed(_ job: inout ExchangeJob, _ step: HTTPStep, deadline: Deadline) async throws {
        if !step.conversation.isEmpty { try await converse(&job, step.conversation, deadline: deadline) }
        let isPartial = step.background != nil || step.ending == .open
        if isPartial {
            try await matchNext(&job, step.body, ended: false, deadline: deadline)
        } else if case .foreground = step.action {
            try await matchNext(&job, step.body, ended: step.ending == .ended, deadline: deadline)
        } else if step.body != .notAsserted {
            try await matchWhole(job, step, deadline: deadline)
        }
        switch step.ending {
        case .ended: _ = try await endOfBody(job, step, deadline: deadline)
        case .open: try stillOpen(job, step)
        case nil: break
        }
    }

    private func matchWhole(_ job: ExchangeJob, _ step: HTTPStep, deadline: Deadline) async throws {
        let content = try await endOfBody(job, step, deadline: deadline)
        let result = step.body.match(content.stdout, variables: variables, readTar: TarEntries.read)
        try settle(departures(result.mismatches, command: job.source, since: job.mark), since: job.mark)
        capture(result.captures)
    }

    private func endOfBody(
        _ job: ExchangeJob, _ step: HTTPStep, deadline: Deadline
    ) async throws -> OutputTape.Content {
        let tape = job.exchange.tape
        let content: OutputTape.Content
        do {
            content = try await deadline.run(awaiting: "the end of the answer to \(job.source)") {
                try await tape.wait { $0.ending == nil ? nil : $0 }
            }
        } catch let error as DeadlineExceeded {
            let mismatch = Mismatch(
                line: step.requestLine, location: "the answer", expected: "to end",
                got: "still open after \(tape.content.stdout.count) bytes")
            throw late(error, departures([mismatch], command: job.source, since: job.mark), since: job.mark)
        }
        if case .failed(let error)? = content.ending {
            let mismatch = Mismatch(
                line: step.requestLine, location: "the answer", expected: "complete", got: "\(error)")
            try settle(departures([mismatch], command: job.source, since: job.mark), since: job.mark)
        }
        return content
    }

    private func stillOpen(_ job: ExchangeJob, _ step: HTTPStep) throws {
        guard job.exchange.tape.content.ending != nil else { return }
        let mismatch = Mismatch(
            line: step.requestLine, location: "the answer", expected: "still open", got: "ended by the daemon")
        try settle(departures([mismatch], command: job.source, since: job.mark), since: job.mark)
    }

    /// An error answer has the shape that every client relies on, unless the scenario says something else about it:
    /// a JSON object with the string `message` (Engine API, "Errors").
    private func checkErrorShape(
        _ job: ExchangeJob, _ step: HTTPStep, _ template: HTTPRequestTemplate, _ response: ResponsePattern,
        deadline: Deadline
    ) async throws {
        let head = job.exchange.head
        let isAPI = if case .absolute = template.target { false } else { true }
        guard head.status >= 400, template.method != "HEAD", isAPI, step.body == .notAsserted, step.conversation.isEmpty
        else { return }
        let content = try await endOfBody(job, step, deadline: deadline)
        var mismatches: [Mismatch] = []
        if !response.headers.contains(where: { $0.name.lowercased() == "content-type" }),
            head.mediaType != "application/json"
        {
            mismatches.append(
                Mismatch(
                    line: response.line, location: "header Content-Type of an error", expected: "application/json",
                    got: head.first("Content-Type") ?? "absent"))
        }
        let message = (try? JSONValue.parse(content.stdout))?["message"]?.string
        if message == nil {
            mismatches.append(
                Mismatch(
                    line: response.line, location: "the body of an error",
                    expected: "a JSON object with a string `message`",
                    got: JSONText.quoted(String(decoding: content.stdout.prefix(200), as: UTF8.self))))
        }
        try settle(departures(mismatches, command: job.source, since: job.mark), since: job.mark)
    }

    /// What an unexpected answer says, if it comes at once.
    private func shortBody(_ job: ExchangeJob) async -> String {
        let tape = job.exchange.tape
        let content = try? await Deadline(after: .seconds(1)).run(awaiting: "a body") {
            try await tape.wait { $0.ending == nil ? nil : $0 }
        }
        guard let body = content?.stdout, !body.isEmpty else { return "" }
        return String(decoding: Redaction.masked(Array(body.prefix(300))), as: UTF8.self)
    }
}
