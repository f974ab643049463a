import Engine

extension Route {
    /// `POST /containers/prune`
    static func pruneContainers(_ engine: Engine) -> Route {
        Route(.POST, "/containers/prune") { call in
            let report = try await engine.pruneContainers(try call.filterArguments())
            return .json([
                "ContainersDeleted": report.deleted.isEmpty ? nil : .texts(report.deleted),
                "SpaceReclaimed": .integer(report.reclaimed),
            ])
        }
    }
}
