import Engine

extension Route {
    /// `GET /images/get`
    static func saveImages(_ engine: Engine) -> Route {
        Route(.GET, "/images/get", abandoning: .cancels) { call in
            try await save(engine, call.query.all("names"))
        }
    }

    /// `GET /images/{name}/get`
    static func saveImage(_ engine: Engine) -> Route {
        Route(.GET, "/images/{name}/get", abandoning: .cancels) { call in try await save(engine, [call.name]) }
    }

    private static func save(_ engine: Engine, _ names: [String]) async throws -> Reply {
        let bytes = try await engine.saveImages(names)
        return .stream("application/x-tar") { writer in
            for try await piece in bytes { try await writer.write(piece) }
        }
    }
}
