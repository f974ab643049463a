import Engine

extension Route {
    /// `POST /containers/{id}/restart`
    static func restartContainer(_ engine: Engine) -> Route {
        Route(.POST, "/containers/{id}/restart") { call in
            try await engine.restart(
                call.name, signal: call.stopSignal, timeout: try call.query.integer("t"))
            return .noContent
        }
    }
}
