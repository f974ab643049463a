import Engine
import RawJSON

extension Route {
    /// `DELETE /images/{name}`
    static func removeImage(_ engine: Engine) -> Route {
        Route(.DELETE, "/images/{name}") { call in
            guard !call.name.isEmpty else { throw BadRequest("image name cannot be blank") }
            let removed = try await engine.removeImage(call.name, force: call.query.flag("force"))
            return .json(.list(removed, \.json))
        }
    }
}
