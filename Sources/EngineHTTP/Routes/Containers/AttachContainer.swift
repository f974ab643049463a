import Engine

extension Route {
    /// `POST /containers/{id}/attach`
    static func attachContainer(_ engine: Engine) -> Route {
        Route(.POST, "/containers/{id}/attach", abandoning: .cancels) { call in
            var options = AttachOptions()
            options.logs = call.query.flag("logs")
            options.stream = call.query.flag("stream")
            options.stdin = call.query.flag("stdin")
            options.stdout = call.query.flag("stdout")
            options.stderr = call.query.flag("stderr")
            options.detachKeys = call.query.text("detachKeys")
            let session = try await engine.attach(call.name, options)
            return .conversation(session, call, takesInput: options.stdin)
        }
    }
}
