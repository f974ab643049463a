import Engine

extension Route {
    /// `POST /containers/{id}/start`
    static func startContainer(_ engine: Engine) -> Route {
        Route(.POST, "/containers/{id}/start") { call in
            // Until API 1.23 a host configuration could come along; dockerd has refused it ever since.
            if let fields = try JSONFields(body: call), call.speaks(24), fields.value("Binds") != nil {
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
