import DockerClient
import RawJSON

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How each kind of workload is carried out and checked.
extension EndpointSampler {
    /// create, start, wait, remove; a container that did not print its first instruction's moment does not count.
    func cycle(_ workload: Workload, _ sample: inout Sample) async throws {
        let id = try await created(workload, &sample)
        do {
            let wait = try await waiting(id)
            let began = try await started(id, &sample)
            let waited = try await ended(wait)
            // Read between wait and remove, where its own time is not counted.
            let instruction = try await instruction(id)
            sample.phases.append(.init(PhaseName.instruction, Self.span(began, instruction)))
            sample.phases.append(.init(PhaseName.waited, Self.span(instruction, waited)))
            let removing = MonotonicClock.nanoseconds()
            try await send("DELETE", "/containers/\(id)")
            let removed = MonotonicClock.nanoseconds()
            sample.phases.append(.init(PhaseName.remove, Self.span(removing, removed)))
            sample.phases.append(
                .init(PhaseName.cycle, Self.span(sample.began, waited) + Self.span(removing, removed)))
        } catch {
            try await discard(id, after: error)
        }
    }

    /// The same up to the first byte at a client that attached before.
    func firstByte(_ workload: Workload, _ sample: inout Sample) async throws {
        let id = try await created(workload, &sample)
        do {
            let attach = EngineRequest(
                "POST", "/containers/\(id)/attach", query: [("stream", "1"), ("stdout", "1")], upgrade: .tcp)
            let stream = try await client.open(attach).checked()
            let began = try await started(id, &sample)
            guard let bytes = try await stream.nextPiece(within: .seconds(30)), !bytes.isEmpty else {
                throw BenchmarkFault("the attached stream ended without a byte")
            }
            sample.phases.append(
                .init(PhaseName.firstByte, Self.span(began, MonotonicClock.nanoseconds())))
            await stream.close()
            try await remove(id)
        } catch {
            try await discard(id, after: error)
        }
    }

    /// Until a published port answers HTTP 200.
    func port(_ workload: Workload, _ sample: inout Sample) async throws {
        let id = try await created(workload, &sample)
        do {
            let began = try await started(id, &sample)
            let inspect = try await send("GET", "/containers/\(id)/json").json()
            let bindings = inspect["NetworkSettings"]?["Ports"]?["\(workload.port ?? 0)/tcp"]?.array ?? []
            guard let text = bindings.first?["HostPort"]?.string, let port = Int(text) else {
                throw BenchmarkFault("port \(workload.port ?? 0) is not published")
            }
            try await HTTPProbe.untilAnswered(port: port, deadline: .seconds(30))
            sample.phases.append(
                .init(PhaseName.answered, Self.span(began, MonotonicClock.nanoseconds())))
            try await remove(id)
        } catch {
            try await discard(id, after: error)
        }
    }

    /// exec create and start up to the end of its stream; the exit code is checked afterwards.
    func exec(_ workload: Workload, _ sample: inout Sample) async throws {
        guard let target = execTarget else { throw BenchmarkFault("no container runs to exec in") }
        let body: JSONValue = [
            "AttachStdout": true, "Cmd": .array(workload.command.map(JSONValue.string)),
        ]
        let created = try await client.send(
            EngineRequest("POST", "/containers/\(target)/exec", body: .json(body))
        ).checked().json()
        guard let id = created["Id"]?.string else { throw BenchmarkFault("exec answered without an Id") }
        let stream = try await client.open(
            EngineRequest(
                "POST", "/exec/\(id)/start", body: .json(["Detach": false, "Tty": false]), upgrade: .tcp)
        ).checked()
        while try await stream.nextPiece(within: .seconds(30)) != nil {}
        let ended = MonotonicClock.nanoseconds()
        sample.phases.append(.init(PhaseName.exec, Self.span(sample.began, ended)))
        let code = try await send("GET", "/exec/\(id)/json").json()["ExitCode"]?.int64
        guard code == 0 else { throw BenchmarkFault("exec ended with \(code.map(String.init) ?? "no code")") }
    }

    /// `docker run --rm IMAGE COMMAND` as a process.
    func process(_ workload: Workload, _ sample: inout Sample) async throws {
        let network = workload.create["HostConfig"]?["NetworkMode"]?.string ?? "default"
        let words =
            commandWords + ["run", "--rm", "--label", Self.label, "--network", network, reference(workload.image)]
            + workload.command
        let result = try await CommandProcess.run(words, deadline: .seconds(60))
        guard result.code == 0 else {
            throw BenchmarkFault("\(words.joined(separator: " ")) ended with \(result.code): \(result.errorText)")
        }
        sample.phases.append(.init(PhaseName.process, result.milliseconds))
    }

    /// Pulls an image, starts it, and takes both away.
    func pull(_ workload: Workload, _ sample: inout Sample) async throws {
        let (name, tag) = try pullReference(workload.image)
        // What the one before has left to be written would be written in this one's time.
        sync()
        sample.began = MonotonicClock.nanoseconds()
        let stream = try await client.open(
            EngineRequest("POST", "/images/create", query: [("fromImage", name), ("tag", tag)])
        ).checked()
        for try await line in stream.jsonValues() {
            if let message = line.value["error"]?.string { throw BenchmarkFault("the pull failed: \(message)") }
        }
        let pulled = MonotonicClock.nanoseconds()
        sample.phases.append(.init(PhaseName.pull, Self.span(sample.began, pulled)))
        var options = workload.create
        options["Image"] = .string("\(name):\(tag)")
        var body = options
        body["Cmd"] = .array(workload.command.map(JSONValue.string))
        body["Labels"] = [Self.label: "1"]
        let created = try await client.send(
            EngineRequest("POST", "/containers/create", body: .json(.object(body)))
        ).checked().json()
        guard let id = created["Id"]?.string else { throw BenchmarkFault("create answered without an Id") }
        do {
            try await send("POST", "/containers/\(id)/start")
            sample.phases.append(
                .init(PhaseName.ready, Self.span(pulled, MonotonicClock.nanoseconds())))
            try await remove(id)
            try await send("DELETE", "/images/\(name):\(tag)", query: [("force", "1")])
        } catch {
            try await discard(id, after: error)
        }
    }

    // MARK: - Parts

    func created(_ workload: Workload, _ sample: inout Sample) async throws -> String {
        let request = try createRequest(workload.image, workload.command, workload.create)
        let wire = WireTimes()
        let observed = client.withObserver(wire)
        sample.began = MonotonicClock.nanoseconds()
        let response = try await observed.send(request).checked()
        let answered = MonotonicClock.nanoseconds()
        sample.phases.append(.init(PhaseName.create, Self.span(sample.began, answered)))
        sample.details += wire.parts(of: "create", since: sample.began)
        sample.details += ServerTiming.phases(response.head.all("Server-Timing"), of: "create")
        guard let id = try response.json()["Id"]?.string else { throw BenchmarkFault("create answered without an Id") }
        return id
    }

    /// Starts it; answers when the request was written.
    func started(_ id: String, _ sample: inout Sample) async throws -> UInt64 {
        let wire = WireTimes()
        let observed = client.withObserver(wire)
        let began = MonotonicClock.nanoseconds()
        let response = try await observed.send(EngineRequest("POST", "/containers/\(id)/start")).checked()
        let answered = MonotonicClock.nanoseconds()
        sample.phases.append(.init(PhaseName.start, Self.span(began, answered)))
        sample.phases.append(
            .init(PhaseName.ready, Self.span(began, answered) + (sample[PhaseName.create] ?? 0)))
        sample.details += wire.parts(of: "start", since: began)
        sample.details += ServerTiming.phases(response.head.all("Server-Timing"), of: "start")
        return began
    }

    /// Asks for the end of a container that is not started yet, as docker's command line does; answers when the daemon has
    /// begun to wait. Whoever asks after the start finds a short container over already, and measures the start's answer.
    func waiting(_ id: String) async throws -> EngineStream {
        try await client.open(
            EngineRequest("POST", "/containers/\(id)/wait", query: [("condition", "next-exit")])
        ).checked()
    }

    /// The moment when the daemon told of the end; a container that failed does not count.
    func ended(_ wait: EngineStream) async throws -> UInt64 {
        var body: [UInt8] = []
        while let piece = try await wait.nextPiece(within: .seconds(120)) { body += piece }
        let moment = MonotonicClock.nanoseconds()
        let result = try JSONValue.parse(body)
        guard result["StatusCode"]?.int64 == 0 else {
            throw BenchmarkFault("the container ended with \(result["StatusCode"]?.text() ?? "no status")")
        }
        return moment
    }

    /// The moment that `probe first` has printed.
    private func instruction(_ id: String) async throws -> UInt64 {
        let logs = try await send("GET", "/containers/\(id)/logs", query: [("stdout", "1")])
        // Framed without a terminal, bare with one: the moment is the longest row of digits in either.
        let rows = logs.body.split { !(0x30...0x39).contains($0) }
        let digits = rows.max { $0.count < $1.count } ?? []
        guard let moment = UInt64(String(decoding: digits, as: UTF8.self)), moment > 1_000_000 else {
            throw BenchmarkFault("the container did not print the moment of its first instruction")
        }
        return moment
    }

    /// Removes what a failed sample has left, and throws why it failed.
    func discard(_ id: String, after error: any Error) async throws {
        do { try await remove(id) } catch let other {
            throw BenchmarkFault("\(error); and its container \(id.prefix(12)) could not be removed: \(other)")
        }
        throw error
    }

    static func span(_ start: UInt64, _ end: UInt64) -> Double {
        MonotonicClock.milliseconds(from: start, to: end)
    }
}
