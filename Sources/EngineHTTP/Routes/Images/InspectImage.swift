import Engine

extension Route {
    /// `GET /images/{name}/json`
    static func inspectImage(_ engine: Engine) -> Route {
        Route(.GET, "/images/{name}/json") { call in .json(try await engine.image(call.name).json(call.version)) }
    }
}
