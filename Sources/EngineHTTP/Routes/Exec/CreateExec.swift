import Engine
import RawJSON

extension Route {
    /// `POST /containers/{id}/exec`
    static func createExec(_ engine: Engine) -> Route {
        atOnce(.POST, "/containers/{id}/exec") { call in
            let fields = try JSONFields(body: call) ?? JSONFields(JSONObject())
            var exec = ExecConfiguration()
            exec.attachStdin = try fields.flag("AttachStdin") ?? false
            exec.attachStdout = try fields.flag("AttachStdout") ?? false
            exec.attachStderr = try fields.flag("AttachStderr") ?? false
            exec.detachKeys = try fields.text("DetachKeys").flatMap { $0.isEmpty ? nil : $0 }
            exec.tty = try fields.flag("Tty") ?? false
            exec.environment = try fields.texts("Env") ?? []
            exec.command = try fields.words("Cmd") ?? []
            exec.privileged = try fields.flag("Privileged") ?? false
            exec.user = try fields.text("User") ?? ""
            exec.workingDirectory = try fields.text("WorkingDir") ?? ""
            // It came with API 1.42, and concerns terminals alone.
            if call.speaks(42), exec.tty { exec.consoleSize = try fields.consoleSize() }
            if exec.command.isEmpty { throw BadRequest("no exec command specified") }
            return .json(["Id": .string(try engine.createExec(call.name, exec))], .created)
        }
    }
}

extension JSONFields {
    /// `ConsoleSize`: height and width.
    func consoleSize() throws(BadRequest) -> ConsoleSize? {
        guard let sides = try integers("ConsoleSize") else { return nil }
        guard sides.count == 2, sides.allSatisfy({ (0...65535).contains($0) }) else {
            throw BadRequest("invalid JSON: ConsoleSize takes a height and a width")
        }
        return ConsoleSize(height: sides[0], width: sides[1])
    }
}
