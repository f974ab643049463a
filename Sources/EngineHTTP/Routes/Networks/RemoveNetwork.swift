import Engine

extension Route {
    /// `DELETE /networks/{id}`; there are predefined networks only, and these stay.
    static func removeNetwork(_ engine: Engine) -> Route {
        Route(.DELETE, "/networks/{id}") { call in
            let network = try await engine.network(call.name)
            throw EngineError(.forbidden, "\(network.name) is a pre-defined network and cannot be removed")
        }
    }
}
