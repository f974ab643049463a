import Engine

extension Route {
    /// `POST /containers/{id}/unpause`
    static func unpauseContainer(_ engine: Engine) -> Route {
        Route(.POST, "/containers/{id}/unpause") { call in
            try await engine.unpause(call.name)
            return .noContent
        }
    }
}
