import DockerClient
import RawJSON

/// Output in bulk: the container holds its output back until it is given a line, so that its start is not measured.
extension EndpointSampler {
    /// Until `wait` answers, and all is in the log; then how fast the log is read.
    func log(_ workload: Workload, _ sample: inout Sample) async throws {
        let (id, input) = try await startedWithInput(workload)
        do {
            let waiting = Task { [self] in
                try await send("POST", "/containers/\(id)/wait", query: [("condition", "not-running")]).json()
            }
            defer { waiting.cancel() }
            let began = MonotonicClock.nanoseconds()
            sample.began = began
            try await input.write(Array("go\n".utf8))
            let result = try await waiting.value
            let ended = MonotonicClock.nanoseconds()
            guard result["StatusCode"]?.int64 == 0 else {
                throw BenchmarkFault("the container ended with \(result["StatusCode"]?.text() ?? "no status")")
            }
            await input.close()
            add(PhaseName.logged, PhaseName.loggedRate, workload, from: began, to: ended, to: &sample)
            let reading = MonotonicClock.nanoseconds()
            let got = try await logBytes(id, follow: false, upTo: workload.bytes ?? 0)
            guard got == workload.bytes else {
                throw BenchmarkFault("the log holds \(got) of \(workload.bytes ?? 0) bytes")
            }
            add(
                PhaseName.logRead, PhaseName.logReadRate, workload, from: reading, to: MonotonicClock.nanoseconds(),
                to: &sample)
            try await remove(id)
        } catch {
            try await discard(id, after: error)
        }
    }

    /// Until a client that follows the log has all of it.
    func followLog(_ workload: Workload, _ sample: inout Sample) async throws {
        let (id, input) = try await startedWithInput(workload)
        do {
            let stream = try await openLog(id, follow: true)
            let began = MonotonicClock.nanoseconds()
            sample.began = began
            try await input.write(Array("go\n".utf8))
            let got = try await Self.payload(of: stream, upTo: workload.bytes ?? 0)
            let ended = MonotonicClock.nanoseconds()
            guard got == workload.bytes else {
                throw BenchmarkFault("the follower got \(got) of \(workload.bytes ?? 0) bytes")
            }
            await stream.close()
            await input.close()
            add(PhaseName.followed, PhaseName.followedRate, workload, from: began, to: ended, to: &sample)
            try await remove(id)
        } catch {
            try await discard(id, after: error)
        }
    }

    private func startedWithInput(_ workload: Workload) async throws -> (id: String, input: EngineStream) {
        var options = workload.create
        options["OpenStdin"] = true
        options["StdinOnce"] = true
        options["AttachStdin"] = true
        let id = try await create(image: workload.image, command: workload.command, options: options)
        do {
            let attach = EngineRequest(
                "POST", "/containers/\(id)/attach", query: [("stream", "1"), ("stdin", "1")], upgrade: .tcp)
            let input = try await client.open(attach).checked()
            try await send("POST", "/containers/\(id)/start")
            return (id, input)
        } catch {
            try await discard(id, after: error)
            throw error
        }
    }

    private func add(
        _ phase: String, _ rate: String, _ workload: Workload, from began: UInt64, to ended: UInt64,
        to sample: inout Sample
    ) {
        let milliseconds = MonotonicClock.milliseconds(from: began, to: ended)
        sample.phases.append(.init(phase, milliseconds))
        if milliseconds > 0 {
            sample.phases.append(.init(rate, Double(workload.bytes ?? 0) / 1_000_000 / (milliseconds / 1000)))
        }
    }

    private func openLog(_ id: String, follow: Bool) async throws -> EngineStream {
        try await client.open(
            EngineRequest(
                "GET", "/containers/\(id)/logs", query: [("stdout", "1"), ("follow", follow ? "1" : "0")])
        ).checked()
    }

    private func logBytes(_ id: String, follow: Bool, upTo limit: Int) async throws -> Int {
        let stream = try await openLog(id, follow: follow)
        let count = try await Self.payload(of: stream, upTo: limit)
        await stream.close()
        return count
    }

    /// Counts what frames carry, without keeping it, up to a number or the stream's end.
    private static func payload(of stream: EngineStream, upTo limit: Int) async throws -> Int {
        var counter = FrameCounter()
        while counter.payload < limit, let piece = try await stream.nextPiece(within: .seconds(60)) {
            counter.take(piece)
        }
        return counter.payload
    }
}

/// Adds up the payloads of a multiplexed stream. A reader that also copied them would measure itself.
struct FrameCounter {
    /// How many bytes of payload there were.
    private(set) var payload = 0
    private var header: [UInt8] = []
    private var left = 0

    /// Takes the next bytes.
    mutating func take(_ piece: [UInt8]) {
        var position = 0
        while position < piece.count {
            if left > 0 {
                let count = min(left, piece.count - position)
                payload += count
                left -= count
                position += count
            } else {
                let count = min(8 - header.count, piece.count - position)
                header += piece[position..<position + count]
                position += count
                guard header.count == 8 else { return }
                left = header[4...].reduce(0) { $0 << 8 | Int($1) }
                header.removeAll(keepingCapacity: true)
            }
        }
    }
}
