import Engine

extension Route {
    /// `POST /containers/{id}/stop`
    static func stopContainer(_ engine: Engine) -> Route {
        Route(.POST, "/containers/{id}/stop") { call in
            try await engine.stop(
                call.name, signal: call.stopSignal, timeout: try call.query.integer("t"))
            return .noContent
        }
    }
}

extension Call {
    /// The `signal` of stop and restart, which came with API 1.42.
    var stopSignal: String? { speaks(42) ? query.text("signal") : nil }
}
