import CProbe

let commands: [(name: StaticString, run: @Sendable (inout Arguments) -> Int32)] = [
    ("help", help), ("true", { _ in 0 }), ("exit", exitCommand), ("first", first), ("identity", identity),
    ("capabilities", capabilities), ("mounts", mounts), ("limits", limits), ("env", environment),
    ("environment", environmentJSON), ("fds", descriptors), ("seccomp", processStatus), ("status", processStatus),
    ("tty", terminal), ("signals", signals), ("sleep", sleepCommand), ("pause", pauseCommand), ("echo", echo),
    ("log", log), ("listen", listen), ("print", printCommand), ("write", writeCommand), ("cat", cat), ("ls", list),
]

func run() -> Int32 {
    guard cprobe_argument_count() > 1 else {
        var arguments = Arguments(from: 1)
        return help(&arguments)
    }
    let name = text(cprobe_argument(1))
    var arguments = Arguments(from: 2)
    for command in commands where equals(name, command.name) { return command.run(&arguments) }
    fail("unknown command (see probe help):", name, code: 2)
}

cprobe_exit(run())
