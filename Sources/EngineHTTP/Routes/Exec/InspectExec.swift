import Engine
import RawJSON

extension Route {
    /// `GET /exec/{id}/json`
    static func inspectExec(_ engine: Engine) -> Route {
        atOnce(.GET, "/exec/{id}/json") { call in .json(try engine.inspectExec(call.name).json) }
    }
}

extension ExecDetails {
    /// docker's `ExecInspectResponse`.
    fileprivate var json: JSONValue {
        var process = JSONMembers()
        process.add("tty", configuration.tty)
        process.add("entrypoint", configuration.command.first ?? "")
        process.add("arguments", .texts(Array(configuration.command.dropFirst())))
        process.add("privileged", configuration.privileged)
        if !configuration.user.isEmpty { process.add("user", configuration.user) }
        var members = JSONMembers()
        members.add("ID", id)
        members.add("Running", isRunning)
        members.add("ExitCode", exitCode.map(JSONValue.integer) ?? .null)
        members.add("ProcessConfig", process.value)
        members.add("OpenStdin", configuration.attachStdin)
        members.add("OpenStderr", configuration.attachStderr)
        members.add("OpenStdout", configuration.attachStdout)
        members.add("CanRemove", canRemove)
        members.add("ContainerID", containerID)
        members.add("DetachKeys", Self.keys(configuration.detachKeys == nil ? [] : detachKeys))
        members.add("Pid", pid)
        return members.value
    }

    /// The keys as Go writes bytes into JSON.
    private static func keys(_ bytes: [UInt8]) -> String { Base64.encode(bytes) }
}
