import Engine
import RawJSON

extension Route {
    /// `POST /exec/{id}/start`
    static func startExec(_ engine: Engine) -> Route {
        Route(.POST, "/exec/{id}/start", abandoning: .cancels) { call in
            let fields = try JSONFields(body: call) ?? JSONFields(JSONObject())
            var options = ExecStartOptions()
            options.detach = try fields.flag("Detach") ?? false
            options.tty = try fields.flag("Tty") ?? false
            if call.speaks(42), let size = try fields.consoleSize() {
                guard options.tty, !options.detach else {
                    throw BadRequest("console size is only supported when 'Tty' is enabled")
                }
                options.consoleSize = size
            }
            guard let session = try await engine.startExec(call.name, options) else { return Reply(.ok) }
            return .conversation(session, call, takesInput: true)
        }
    }
}
