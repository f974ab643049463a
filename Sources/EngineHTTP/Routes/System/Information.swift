import Engine

extension Route {
    /// `GET /info`
    static func information(_ engine: Engine) -> Route {
        Route(.GET, "/info") { call in .json(try await engine.information().json(call.version)) }
    }
}
