import Engine

extension Route {
    /// `GET /networks`
    static func listNetworks(_ engine: Engine) -> Route {
        Route(.GET, "/networks") { call in
            let networks = try await engine.networks(try call.filterArguments())
            // The list told of containers until API 1.27.
            return .json(.list(networks) { $0.json(call.version, withContainers: !call.speaks(28)) })
        }
    }
}
