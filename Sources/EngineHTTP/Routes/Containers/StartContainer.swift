import Engine

extension Route {
    /// `POST /containers/{id}/start`
    static func startContainer(_ engine: Engine) -> Route {
        Route(.POST, "/containers/{id}/start") { call in
            // A host configuration could come along until API 1.23; `{}` and the like still may.
            if case .document(let body) = call.body, body.readableBytes > 7 {
                throw BadRequest(
                    "starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24"
                )
            }
            let phases = try await engine.start(call.name, detachKeys: call.query.text("detachKeys"))
            var reply = Reply.noContent
            reply.headers.add(phases: phases)
            return reply
        }
    }
}
