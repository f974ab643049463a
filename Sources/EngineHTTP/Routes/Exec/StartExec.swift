import Engine
import RawJSON

extension Route {
    /// `POST /exec/{id}/start`
    static func startExec(_ engine: Engine) -> Route {
        atOnce(.POST, "/exec/{id}/start", abandoning: .cancels) { call in
            let fields = try JSONFields(body: call) ?? JSONFields(JSONObject())
            let isDetached = try fields.flag("Detach") ?? false
            var options = ExecStartOptions()
            options.tty = try fields.flag("Tty") ?? false
            if call.speaks(42), let size = try fields.consoleSize() {
                guard options.tty, !isDetached else {
                    throw BadRequest("console size is only supported when 'Tty' is enabled")
                }
                options.consoleSize = size
            }
            let (id, given) = (call.name, options)
            guard isDetached else { return .conversation(try engine.startExec(id, given), call, takesInput: true) }
            return .later {
                try await engine.startDetachedExec(id, given)
                return Reply(.ok)
            }
        }
    }
}
