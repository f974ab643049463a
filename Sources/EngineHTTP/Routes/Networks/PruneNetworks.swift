import Engine

extension Route {
    /// `POST /networks/prune`; predefined networks stay, so that nothing goes.
    static func pruneNetworks(_ engine: Engine) -> Route {
        Route(.POST, "/networks/prune") { call in
            for name in try call.query.filters().names where !["label", "label!", "until"].contains(name) {
                throw BadRequest("invalid filter '\(name)'")
            }
            return .json(["NetworksDeleted": nil])
        }
    }
}
