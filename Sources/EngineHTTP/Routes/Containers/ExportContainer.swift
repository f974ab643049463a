import Engine

extension Route {
    /// `GET /containers/{id}/export`
    static func exportContainer(_ engine: Engine) -> Route {
        Route(.GET, "/containers/{id}/export", abandoning: .cancels) { call in
            let bytes = try await engine.export(call.name)
            return .stream("application/octet-stream") { writer in
                for try await piece in bytes { try await writer.write(piece) }
            }
        }
    }
}
