import Engine

extension Route {
    /// `GET /containers/{id}/stats`
    static func containerStatistics(_ engine: Engine) -> Route {
        Route(.GET, "/containers/{id}/stats", abandoning: .cancels) { call in
            let isStream = call.query.flag("stream", default: true)
            let isOneShot = call.speaks(41) && call.query.flag("one-shot")
            guard !(isStream && isOneShot) else { throw BadRequest("cannot have stream=true and one-shot=true") }
            guard isStream else {
                return .json(try await engine.statistics(call.name, oneShot: isOneShot).json)
            }
            let readings = try await engine.statisticsStream(call.name)
            return .stream("application/json") { writer in
                for await reading in readings { try await writer.write(reading.json.text() + "\n") }
            }
        }
    }
}
