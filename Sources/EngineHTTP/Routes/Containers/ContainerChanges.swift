import Engine

extension Route {
    /// `GET /containers/{id}/changes`
    static func containerChanges(_ engine: Engine) -> Route {
        Route(.GET, "/containers/{id}/changes") { call in
            let changes = try await engine.changes(call.name)
            guard !changes.isEmpty else { return .json(nil) }
            return .json(.list(changes) { ["Path": .string($0.path), "Kind": .integer($0.kind.rawValue)] })
        }
    }
}
