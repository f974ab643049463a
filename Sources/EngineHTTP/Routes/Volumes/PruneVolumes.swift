import Engine

extension Route {
    /// `POST /volumes/prune`
    static func pruneVolumes(_ engine: Engine) -> Route {
        Route(.POST, "/volumes/prune") { call in
            var filters = try call.filterArguments()
            // Until API 1.41 named volumes went too.
            if !call.speaks(42) { filters.values["all", default: ["true"]] = ["true"] }
            let report = try await engine.pruneVolumes(filters)
            return .json([
                "VolumesDeleted": report.deleted.isEmpty ? nil : .texts(report.deleted),
                "SpaceReclaimed": .integer(report.reclaimed),
            ])
        }
    }
}
