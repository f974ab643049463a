import Engine
import RawJSON

extension Route {
    /// `POST /images/prune`
    static func pruneImages(_ engine: Engine) -> Route {
        Route(.POST, "/images/prune") { call in
            let report = try await engine.pruneImages(try call.filterArguments())
            return .json([
                "ImagesDeleted": report.removed.isEmpty ? nil : .list(report.removed, \.json),
                "SpaceReclaimed": .integer(report.reclaimed),
            ])
        }
    }
}
