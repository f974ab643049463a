import DockerClient
import OCI
import RawJSON

/// Output in bulk, timed from its first byte, so that the container's start is not measured.
extension EndpointSampler {
    /// From the first line's moment, as the daemon noted it, until `wait` answers and all is in the log; then how fast the
    /// log is read.
    func log(_ workload: Workload, _ sample: inout Sample) async throws {
        let id = try await create(image: workload.image, command: workload.command, options: workload.create)
        do {
            let wait = try await waiting(id)
            try await send("POST", "/containers/\(id)/start")
            let ended = try await ended(wait)
            sample.began = try await firstLine(id)
            add(PhaseName.logged, PhaseName.loggedRate, workload.bytes ?? 0, from: sample.began, to: ended, to: &sample)
            let reading = MonotonicClock.nanoseconds()
            let stream = try await openLog(id)
            let got = try await Self.payload(of: stream, upTo: workload.bytes ?? 0).count
            let read = MonotonicClock.nanoseconds()
            await stream.close()
            guard got == workload.bytes else {
                throw BenchmarkFault("the log holds \(got) of \(workload.bytes ?? 0) bytes")
            }
            add(PhaseName.logRead, PhaseName.logReadRate, got, from: reading, to: read, to: &sample)
            try await remove(id)
        } catch {
            try await discard(id, after: error)
        }
    }

    /// From the first byte to the last at a client that follows the log while it is written.
    func followLog(_ workload: Workload, _ sample: inout Sample) async throws {
        let id = try await create(image: workload.image, command: workload.command, options: workload.create)
        do {
            try await send("POST", "/containers/\(id)/start")
            let stream = try await openLog(id, [("follow", "1")])
            let (got, first, atFirst) = try await Self.payload(of: stream, upTo: workload.bytes ?? 0)
            let ended = MonotonicClock.nanoseconds()
            await stream.close()
            guard got == workload.bytes else {
                throw BenchmarkFault("the follower got \(got) of \(workload.bytes ?? 0) bytes")
            }
            sample.began = first
            add(PhaseName.followed, PhaseName.followedRate, got - atFirst, from: first, to: ended, to: &sample)
            try await remove(id)
        } catch {
            try await discard(id, after: error)
        }
    }

    private func add(
        _ phase: String, _ rate: String, _ bytes: Int, from began: UInt64, to ended: UInt64, to sample: inout Sample
    ) {
        let milliseconds = MonotonicClock.milliseconds(from: began, to: ended)
        sample.phases.append(.init(phase, milliseconds))
        if milliseconds > 0 { sample.phases.append(.init(rate, Double(bytes) / 1_000_000 / (milliseconds / 1000))) }
    }

    private func openLog(_ id: String, _ query: [(name: String, value: String)] = []) async throws -> EngineStream {
        try await client.open(EngineRequest("GET", "/containers/\(id)/logs", query: [("stdout", "1")] + query))
            .checked()
    }

    /// When the daemon took the first line of the log, on the monotonic clock.
    private func firstLine(_ id: String) async throws -> UInt64 {
        let stream = try await openLog(id, [("timestamps", "1")])
        let offset = MonotonicClock.realTimeOffset()
        var bytes: [UInt8] = []
        while bytes.count < 64, let piece = try await stream.nextPiece(within: .seconds(20)) { bytes += piece }
        await stream.close()
        // A frame's header of 8 bytes, then the moment in RFC 3339 form, then a blank.
        let text = String(decoding: bytes.dropFirst(8).prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
        guard let moment = Timestamp(parsing: text) else {
            throw BenchmarkFault("the log's first line has no moment: \(text.prefix(40))")
        }
        return UInt64(clamping: moment.nanosecondsSince1970) &- offset
    }

    /// Counts what frames carry, without keeping it, up to a number or the stream's end; and when the first piece came,
    /// with how much in it.
    private static func payload(
        of stream: EngineStream, upTo limit: Int
    ) async throws -> (count: Int, first: UInt64, atFirst: Int) {
        var counter = FrameCounter()
        var (first, atFirst) = (UInt64(0), 0)
        while counter.payload < limit, let piece = try await stream.nextPiece(within: .seconds(20)) {
            counter.take(piece)
            if first == 0, counter.payload > 0 { (first, atFirst) = (MonotonicClock.nanoseconds(), counter.payload) }
        }
        return (counter.payload, first, atFirst)
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
