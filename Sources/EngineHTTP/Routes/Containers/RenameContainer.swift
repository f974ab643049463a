import Engine

extension Route {
    /// `POST /containers/{id}/rename`
    static func renameContainer(_ engine: Engine) -> Route {
        Route(.POST, "/containers/{id}/rename") { call in
            try await engine.rename(call.name, to: call.query["name"] ?? "")
            return .noContent
        }
    }
}
