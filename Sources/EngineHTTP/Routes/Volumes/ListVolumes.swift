import Engine

extension Route {
    /// `GET /volumes`
    static func listVolumes(_ engine: Engine) -> Route {
        Route(.GET, "/volumes") { call in
            let volumes = try await engine.volumes(try call.filterArguments())
            return .json(["Volumes": .list(volumes, \.json), "Warnings": nil])
        }
    }
}
