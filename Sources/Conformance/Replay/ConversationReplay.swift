import DockerAPI
import Scenario

extension CaseReplay {
    /// Says and hears, item by item, what a scenario writes about a hijacked connection.
    func converse(_ job: inout ExchangeJob, _ items: [ConversationItem], deadline: Deadline) async throws {
        var feed = job.feed ?? ConversationFeed(isRaw: Self.isRaw(items))
        defer { job.feed = feed }
        for item in items {
            switch item {
            case .send(let template):
                let bytes = Array(try expand(template).utf8)
                try await deliver(job, item.line) { try await $0.write(bytes) }
            case .halfClose: try await deliver(job, item.line) { try await $0.closeWrite() }
            case .open:
                guard job.exchange.tape.content.ending != nil else { continue }
                let mismatch = Mismatch(
                    line: item.line, location: "the connection", expected: "still open", got: "closed by the daemon")
                try settle(departures([mismatch], command: job.source, since: job.mark), since: job.mark)
            case .expect, .frame, .closed:
                try await hear(&job, item, &feed, deadline: deadline)
            }
        }
    }

    private static func isRaw(_ items: [ConversationItem]) -> Bool {
        items.contains { if case .expect(let pattern) = $0 { pattern.channel == .raw } else { false } }
    }

    private func deliver(
        _ job: ExchangeJob, _ line: Int, _ action: @Sendable (RunningExchange) async throws -> Void
    ) async throws {
        do {
            try await action(job.exchange)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            let mismatch = Mismatch(line: line, location: "the connection", expected: "to take input", got: "\(error)")
            let found = departures([mismatch], command: job.source, since: job.mark)
            try settle(found, since: job.mark)
            throw ReplayStop.departed(found)
        }
    }

    private func hear(
        _ job: inout ExchangeJob, _ item: ConversationItem, _ feed: inout ConversationFeed, deadline: Deadline
    ) async throws {
        while true {
            let content = job.exchange.tape.content
            do {
                try feed.give(content.stdout[job.taken...], to: &job.matcher)
                job.taken = content.stdout.count
            } catch {
                let mismatch = Mismatch(line: item.line, location: "the stream", expected: "frames", got: "\(error)")
                throw ReplayStop.departed(departures([mismatch], command: job.source, since: job.mark))
            }
            switch job.matcher.match(item, variables: variables, ended: content.ending != nil) {
            case .matched(let captures): return capture(captures)
            case .failed(let mismatches):
                return try settle(departures(mismatches, command: job.source, since: job.mark), since: job.mark)
            case .incomplete: break
            }
            let tape = job.exchange.tape
            let taken = job.taken
            let wasEnded = content.ending != nil
            do {
                try await deadline.run(awaiting: "what line \(item.line) expects on the connection of \(job.source)") {
                    try await tape.wait { $0.stdout.count > taken || ($0.ending != nil) != wasEnded ? () : nil }
                }
            } catch let error as DeadlineExceeded {
                // The matcher says what is missing when it is told that nothing more comes.
                var last = job.matcher
                let missing =
                    if case .failed(let mismatches) = last.match(item, variables: variables, ended: true) {
                        mismatches
                    } else {
                        [Mismatch(line: item.line, location: "the connection", expected: "closed", got: "still open")]
                    }
                throw late(error, departures(missing, command: job.source, since: job.mark), since: job.mark)
            }
        }
    }
}

/// Hands the bytes of a hijacked connection to the matcher, as frames or as they are.
struct ConversationFeed: Sendable {
    let isRaw: Bool
    private var demultiplexer = StreamDemultiplexer()

    init(isRaw: Bool) {
        self.isRaw = isRaw
    }

    mutating func give(_ bytes: ArraySlice<UInt8>, to matcher: inout ConversationMatcher) throws(StreamFrameError) {
        guard !bytes.isEmpty else { return }
        if isRaw { return matcher.append(raw: Array(bytes)) }
        for frame in try demultiplexer.append(bytes) {
            matcher.append(frame: frame.channel.rawValue, length: frame.payload.count, payload: frame.payload)
        }
    }
}
