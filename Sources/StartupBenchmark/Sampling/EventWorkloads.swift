import DockerClient
import RawJSON

/// What the daemon says of a container by `/events`, and when, by its own clock.
extension EndpointSampler {
    /// A cycle with a reader of events beside it, which is why it is no `cycle`.
    func events(_ workload: Workload, _ sample: inout Sample) async throws {
        let offset = MonotonicClock.realTimeOffset()
        let now = MonotonicClock.nanoseconds() + offset
        let nanoseconds = String(now % 1_000_000_000)
        // Asked from before the act: an answer may come before its subscription.
        let since = "\(now / 1_000_000_000).\(String(repeating: "0", count: 9 - nanoseconds.count))\(nanoseconds)"
        let filters: JSONValue = ["type": ["container"], "label": [.string(Self.label)]]
        let stream = try await client.open(
            EngineRequest("GET", "/events", query: [("since", since), ("filters", filters.text())])
        ).checked()
        try await cycle(workload, &sample)
        var moments: [(name: String, at: UInt64)] = []
        var values = stream.jsonValues().makeAsyncIterator()
        let deadline = Task {
            try await Task.sleep(for: .seconds(10))
            await stream.close()
        }
        defer { deadline.cancel() }
        while let event = try await values.next()?.value {
            guard let action = event["Action"]?.string ?? event["status"]?.string,
                let time = event["timeNano"]?.int64
            else { continue }
            moments.append((action, UInt64(clamping: time) &- offset))
            if action == "destroy" || action == "remove" { break }
        }
        await stream.close()
        guard let last = moments.last?.name, last == "destroy" || last == "remove" else {
            throw BenchmarkFault("the events ended with \(moments.last?.name ?? "nothing")")
        }
        for moment in moments where ["create", "start", "die", last].contains(moment.name) {
            let name = moment.name == "remove" ? "destroy" : moment.name
            sample.phases.append(.init(PhaseName.event(name), Self.span(sample.began, moment.at)))
        }
    }
}
