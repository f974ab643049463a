import Engine

extension Route {
    /// `GET /containers/{id}/top`
    static func containerTop(_ engine: Engine) -> Route {
        Route(.GET, "/containers/{id}/top") { call in
            let table = try await engine.top(call.name, arguments: call.query.text("ps_args"))
            return .json(["Processes": .list(table.processes) { .texts($0) }, "Titles": .texts(table.titles)])
        }
    }
}
