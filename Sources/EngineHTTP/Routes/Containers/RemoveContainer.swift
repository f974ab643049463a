import Engine

extension Route {
    /// `DELETE /containers/{id}`
    static func removeContainer(_ engine: Engine) -> Route {
        Route(.DELETE, "/containers/{id}") { call in
            try await engine.remove(
                call.name, force: call.query.flag("force"), volumes: call.query.flag("v"),
                link: call.query.flag("link"))
            return .noContent
        }
    }
}
