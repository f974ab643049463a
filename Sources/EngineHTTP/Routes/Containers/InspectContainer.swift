import Engine

extension Route {
    /// `GET /containers/{id}/json`
    static func inspectContainer(_ engine: Engine) -> Route {
        Route(.GET, "/containers/{id}/json") { call in
            .json(try await engine.inspect(call.name, size: call.query.flag("size")).json(call.version))
        }
    }
}
