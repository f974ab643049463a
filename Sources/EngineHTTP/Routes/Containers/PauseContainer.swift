import Engine

extension Route {
    /// `POST /containers/{id}/pause`
    static func pauseContainer(_ engine: Engine) -> Route {
        Route(.POST, "/containers/{id}/pause") { call in
            try await engine.pause(call.name)
            return .noContent
        }
    }
}
