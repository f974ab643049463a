import Engine

extension Route {
    /// `GET /volumes/{name}`
    static func inspectVolume(_ engine: Engine) -> Route {
        Route(.GET, "/volumes/{name}") { call in .json(try await engine.volume(call.name).json) }
    }
}
