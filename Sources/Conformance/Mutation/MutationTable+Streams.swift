import DockerAPI
import RawJSON

extension Mutation {
    static let containerStreams: [Mutation] = {
        let logs = MutatedOperations("logs", "GET /containers/{id}/logs")
        let attach = MutatedOperations("attach", "POST /containers/{id}/attach")
        return logs.framing() + attach.framing()
            + [
                logs.ignoring("tail", "since", "until", "timestamps", "follow", "stdout", "stderr"),
                logs.forcing("stdout", "1"), logs.forcing("stderr", "1"), logs.forcing("tail", "all"),
                logs.delivered(.lateHead, "late-head", "sends no head before the first line"),
                logs.delivered(.atTheEnd, "at-the-end", "sends nothing before the end"),
                logs.delivered(.neverEnds, "never-ends", "does not end the answer"),
                attach.status(101, 200), attach.header(missing: "Upgrade"), attach.header(missing: "Connection"),
                attach.ignoring("stdin", "stdout", "stderr", "stream", "logs", "detachKeys"),
                attach.forcing("logs", "1"),
                attach.delivered(.neverEnds, "never-ends", "leaves the connection open when the container has ended"),
            ].flatMap(\.self)
    }()

    static let exec: [Mutation] = {
        let create = MutatedOperations("exec-create", "POST /containers/{id}/exec")
        let start = MutatedOperations("exec-start", "POST /exec/{id}/start")
        let inspect = MutatedOperations("exec-inspect", "GET /exec/{id}/json")
        let resize = MutatedOperations("exec-resize", "POST /exec/{id}/resize")
        return start.framing()
            + [
                create.status(201, 200), create.missing("Id"),
                create.ignoring(
                    body: "User", "Env", "WorkingDir", "Tty", "AttachStdin", "AttachStdout", "AttachStderr",
                    "Privileged",
                    "DetachKeys"),
                start.status(101, 200), start.header(missing: "Upgrade"), start.ignoring(body: "Detach", "Tty"),
                start.delivered(.neverEnds, "never-ends", "leaves the connection open when the process has ended"),
                start.delivered(.atTheEnd, "at-the-end", "sends nothing before the process has ended"),
                inspect.missing(
                    "ExitCode", "Running", "Pid", "ID", "ContainerID", "ProcessConfig", "OpenStdin", "CanRemove"),
                inspect.value("ExitCode", 0, "zero"), inspect.value("Running", false, "false"),
                inspect.value("Pid", 0, "zero"),
                inspect.value("Running", true, "true"), inspect.mistyped("ExitCode"),
                inspect.value("ExitCode", nil, "null"),
                resize.undone(200), resize.ignoring("h", "w"),
            ].flatMap(\.self)
    }()

    static let events: [Mutation] = {
        let events = MutatedOperations("events", "GET /events")
        func action(_ name: String) -> @Sendable (JSONValue) -> Bool { { $0["Action"]?.string == name } }
        let swallowed = [
            "create", "start", "die", "stop", "kill", "destroy", "rename", "pause", "unpause", "restart", "update",
            "oom",
            "exec_die", "exec_start", "exec_create", "attach", "detach", "resize", "top", "export", "commit",
            "archive-path", "extract-to-dir", "pull", "tag", "untag", "delete", "push", "load", "save", "import",
            "prune",
            "mount", "unmount", "connect", "disconnect",
        ].flatMap { name in
            let exact = name.hasPrefix("exec_") && name != "exec_die"
            return events.messages("\(name)/swallowed", "sends no event \(name)") { value, _ in
                let seen = value["Action"]?.string ?? ""
                return seen == name || exact && seen.hasPrefix("\(name):") ? [] : nil
            }
        }
        return swallowed
            + [
                events.message("Action", "die/renamed", "calls die died", where: action("die")) { _ in .replace("died")
                },
                events.message("Action", "delete/renamed", "calls the end of an image remove", where: action("delete"))
                { _ in
                    .replace("remove")
                },
                events.message("Actor.Attributes.exitCode", "exitCode/missing", "leaves out exitCode") { _ in .remove },
                events.message("Actor.Attributes.exitCode", "exitCode/renamed", "calls exitCode containerExitCode") {
                    _ in
                    .rename("containerExitCode")
                },
                events.message("Actor.Attributes.exitCode", "exitCode/zero", "always says exitCode 0") { _ in
                    .replace("0")
                },
                events.message("Actor.Attributes.exitCode", "exitCode/mistyped", "gives exitCode as a number") {
                    .replace($0.mistyped)
                },
                events.message("Actor.Attributes.signal", "signal/missing", "leaves the signal out") { _ in .remove },
                events.message("Actor.Attributes.name", "name/missing", "leaves the name out") { _ in .remove },
                events.message("Actor.Attributes.image", "image/missing", "leaves the image out") { _ in .remove },
                events.message("Actor.Attributes.oldName", "oldName/missing", "leaves the old name out") { _ in .remove
                },
                events.message("Actor.Attributes.container", "container/missing", "leaves the container out") { _ in
                    .remove
                },
                events.message("Actor.Attributes.execID", "execID/missing", "leaves the exec's ID out") { _ in .remove
                },
                events.message("Actor.Attributes.reclaimed", "reclaimed/missing", "leaves out what was reclaimed") {
                    _ in
                    .remove
                },
                events.message("Actor.Attributes", "attributes/missing", "leaves out the attributes") { _ in .remove },
                events.message("Actor.ID", "actor/missing", "leaves out who it is about") { _ in .remove },
                events.message("Type", "type/missing", "leaves out the type") { _ in .remove },
                events.message("scope", "scope/missing", "leaves out the scope") { _ in .remove },
                events.message("time", "time/missing", "leaves out the time") { _ in .remove },
                events.message("timeNano", "timeNano/missing", "leaves out the time in nanoseconds") { _ in .remove },
                events.message("time", "time/mistyped", "gives the time as text") { .replace($0.mistyped) },
                events.message("status", "status/missing", "leaves out the status of API 1.51 and before") { _ in
                    .remove
                },
                events.message("id", "id/missing", "leaves out the id of API 1.51 and before") { _ in .remove },
                events.message("from", "from/missing", "leaves out the image of API 1.51 and before") { _ in .remove },
                events.messages("twice", "sends each event twice") { value, _ in [value, value] },
                events.ignoring("filters", "since", "until"),
                events.delivered(.lateHead, "late-head", "sends no head before the first event"),
                events.delivered(.atTheEnd, "at-the-end", "sends nothing before the end"),
                events.delivered(.neverEnds, "never-ends", "does not end at the time asked for"),
                events.header("Content-Type", "text/plain"),
            ].flatMap(\.self)
    }()
}

extension MutatedOperations {
    /// What may go wrong with frames.
    fileprivate func framing() -> [Mutation] {
        [
            frames("frames/all-stdout", "sends standard error on the channel of standard output") { frame, _ in
                frame.channel == .stderr ? StreamFrame(channel: .stdout, payload: frame.payload).encoded : nil
            },
            frames("frames/all-stderr", "sends standard output on the channel of standard error") { frame, _ in
                frame.channel == .stdout ? StreamFrame(channel: .stderr, payload: frame.payload).encoded : nil
            },
            frames("frames/none", "sends output without frames") { frame, _ in frame.payload },
            frames("frames/first-lost", "loses the first frame") { _, number in number == 0 ? [] : nil },
            frames("frames/second-lost", "loses the second frame") { _, number in number == 1 ? [] : nil },
            frames("frames/stderr-lost", "loses standard error") { frame, _ in frame.channel == .stderr ? [] : nil },
            frames("frames/twice", "sends each frame twice") { frame, _ in frame.encoded + frame.encoded },
            frames("frames/carriage-return", "ends lines in CR LF") { frame, _ in
                let payload = frame.payload.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
                return payload == frame.payload ? nil : StreamFrame(channel: frame.channel, payload: payload).encoded
            },
            frames("frames/no-newline", "drops the newline at the end of a frame") { frame, _ in
                guard frame.payload.last == 0x0A else { return nil }
                return StreamFrame(channel: frame.channel, payload: frame.payload.dropLast()).encoded
            },
            frames("frames/length", "gives the length of a frame in little-endian order") { frame, _ in
                let encoded = frame.encoded
                return Array(encoded[..<4]) + encoded[4..<8].reversed() + encoded[8...]
            },
        ].flatMap(\.self) + delivered(.shortened, "shortened", "loses the last bytes")
            + header("Content-Type", "application/octet-stream") + header(missing: "Content-Type")
    }
}
