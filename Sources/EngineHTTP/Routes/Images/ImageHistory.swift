import Engine
import RawJSON

extension Route {
    /// `GET /images/{name}/history`
    static func imageHistory(_ engine: Engine) -> Route {
        Route(.GET, "/images/{name}/history") { call in
            .json(.list(try await engine.imageHistory(call.name), \.json))
        }
    }
}
