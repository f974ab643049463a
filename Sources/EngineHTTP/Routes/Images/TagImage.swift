import Engine

extension Route {
    /// `POST /images/{name}/tag`
    static func tagImage(_ engine: Engine) -> Route {
        Route(.POST, "/images/{name}/tag") { call in
            try await engine.tagImage(
                call.name, as: try withTag(call.query["repo"] ?? "", call.query["tag"] ?? ""))
            return Reply(.created)
        }
    }
}
