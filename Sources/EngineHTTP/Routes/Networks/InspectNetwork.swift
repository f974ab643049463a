import Engine

extension Route {
    /// `GET /networks/{id}`
    static func inspectNetwork(_ engine: Engine) -> Route {
        Route(.GET, "/networks/{id}") { call in
            if let scope = call.query.text("scope"), scope != "local" {
                throw EngineError(.notFound, "network \(call.name) not found")
            }
            return .json(try await engine.network(call.name).json(call.version))
        }
    }
}
