import Engine

extension Route {
    /// `DELETE /volumes/{name}`
    static func removeVolume(_ engine: Engine) -> Route {
        Route(.DELETE, "/volumes/{name}") { call in
            try await engine.removeVolume(call.name, force: call.query.flag("force"))
            return .noContent
        }
    }
}
