import Engine

extension Route {
    /// `POST /containers/{id}/kill`
    static func killContainer(_ engine: Engine) -> Route {
        Route(.POST, "/containers/{id}/kill") { call in
            try await engine.kill(call.name, signal: call.query.text("signal"))
            return .noContent
        }
    }
}
