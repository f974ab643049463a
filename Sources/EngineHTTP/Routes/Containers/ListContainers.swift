import Engine

extension Route {
    /// `GET /containers/json`
    static func listContainers(_ engine: Engine) -> Route {
        Route(.GET, "/containers/json") { call in
            var options = ContainerListOptions()
            options.all = call.query.flag("all")
            options.size = call.query.flag("size")
            options.limit = try call.query.integer("limit") ?? 0
            options.filters = try call.filterArguments()
            return .json(.list(try await engine.list(options)) { $0.json(call.version) })
        }
    }
}
