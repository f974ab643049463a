import Engine

extension Route {
    /// `POST /exec/{id}/resize`
    static func resizeExec(_ engine: Engine) -> Route {
        Route(.POST, "/exec/{id}/resize") { call in
            try await engine.resizeExec(call.name, try call.terminalSize())
            return Reply(.ok)
        }
    }
}
