import DockerClient
import Scenario

/// Replays one case from its needs to its clean-up, and says the verdict.
struct CaseRunner: Sendable {
    let engine: Engine
    let driver: @Sendable (Transcript) -> any CommandDriver
    let identity: RunIdentity
    let needs: NeedCheck
    let images: any ImageSupply
    let workspace: String
    let timeout: Duration?
    let keepsTranscript: Bool
    let records: Bool

    /// What one attempt came to.
    struct Outcome: Sendable {
        var result: CaseResult
        var observations: [Observation]
    }

    func run(_ document: ScenarioDocument, attempt: Int) async -> Outcome {
        let started = ContinuousClock.now
        let token = identity.caseIdentity(id: document.id, attempt: attempt)
        let transcript = Transcript()
        var observations: [Observation] = []
        var stop: ReplayStop?
        if let obstacle = needs.obstacle(document) {
            stop = obstacle
        } else {
            (stop, observations) = await attemptReplay(document, token: token, transcript: transcript)
        }
        // Clean-up is not cancelled with the run: what was made must go.
        await Task { await cleanUp(document, token: token, skipped: needs.obstacle(document) != nil) }.value
        var result = self.result(of: stop, JudgedCase(document), duration: .now - started)
        if keepsTranscript { result.transcript = transcript.text() }
        result.operations = Set(
            transcript.exchanges(since: 0).compactMap { exchange in
                EngineOperation.find(method: exchange.method, path: String(exchange.target.prefix { $0 != "?" }))
            })
        return Outcome(result: result, observations: observations)
    }

    private func attemptReplay(
        _ document: ScenarioDocument, token: CaseToken, transcript: Transcript
    ) async -> (ReplayStop?, [Observation]) {
        let limit = timeout ?? document.frontMatter.timeout
        let directory = "\(workspace)/\(token.hash)"
        do {
            let deadline = Deadline(after: limit)
            try CaseDirectory.make(directory)
            let imageMap = try await images.provide(
                document.frontMatter.needs, token: token, engine: engine, deadline: deadline)
            let context = ReplayContext(
                driver: driver(transcript), engine: engine, token: token, exclusive: document.frontMatter.exclusive,
                directory: directory, images: imageMap.commands, transcript: transcript, deadline: deadline,
                records: records)
            let replay = CaseReplay(
                document: document, context: context,
                variables: variables(document, token: token, directory: directory, images: imageMap))
            do {
                // Steps have deadlines of their own, nested in the case's; this one catches a step that ignores it.
                try await Deadline(after: limit + .seconds(5)).run(awaiting: "the case to end") {
                    try await replay.run()
                }
            } catch let stop as ReplayStop {
                return (stop, await replay.observations)
            }
            return (nil, await replay.observations)
        } catch let stop as ReplayStop {
            return (stop, [])
        } catch let error as DeadlineExceeded {
            return (.late(reason: "\(error)", []), [])
        } catch is CancellationError {
            return (.skipped("interrupted"), [])
        } catch {
            return (.fault("\(error)"), [])
        }
    }

    private func variables(
        _ document: ScenarioDocument, token: CaseToken, directory: String, images: CaseImages
    ) -> Variables {
        var values = images.variables
        for name in document.uniqueNames { values[name] = token.name(name) }
        values["case"] = token.text
        values["api"] = "\(engine.version)"
        values["dir"] = directory
        values["host.address"] = needs.publishedAddress
        return Variables(values)
    }

    private func cleanUp(_ document: ScenarioDocument, token: CaseToken, skipped: Bool) async {
        guard !skipped else { return }
        // What is still there by now is swept once more, and reported, at the end of the run.
        _ = await Sweeper(client: engine.client).sweep(.attempt(token))
        await images.release(token)
        // A directory that stays behind is removed with the workspace.
        try? CaseDirectory.remove("\(workspace)/\(token.hash)")
    }

    private func result(of stop: ReplayStop?, _ judged: JudgedCase, duration: Duration) -> CaseResult {
        func result(_ verdict: Verdict, _ reason: String = "", _ departures: [Departure] = []) -> CaseResult {
            CaseResult(identity: judged, verdict: verdict, duration: duration, reason: reason, departures: departures)
        }
        return switch stop {
        case nil: result(.pass)
        case .departed(let departures): result(.fail, "", departures)
        case .late(let reason, let departures): result(.timeout, reason, departures)
        case .unsupported(let reason): result(.unsupported, reason)
        case .skipped(let reason): result(.skip, reason)
        case .fault(let reason): result(.error, reason)
        }
    }
}
