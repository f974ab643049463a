import Engine

extension Route {
    /// `POST /networks/prune`; predefined networks stay, so that nothing goes.
    static func pruneNetworks(_ engine: Engine) -> Route {
        Route(.POST, "/networks/prune") { call in
            try await engine.pruneNetworks(try call.filterArguments())
            return .json(["NetworksDeleted": nil])
        }
    }
}
