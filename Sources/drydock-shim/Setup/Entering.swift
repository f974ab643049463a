import CLinux
import ShimProtocol

/// An exec: a process that enters the namespaces of a running container instead of making its own.
struct Entering {
    let spec: Spec
    let stdio: ChildStdio
    /// The pidfd of the container's init.
    let target: Int32
    let report: Int32
    let phases: UnsafeMutablePointer<Int64>

    /// Mount, cgroup, UTS, IPC and network; the PID namespace was joined by the monitor, whose children are born in it.
    private static let namespaces: UInt64 =
        0x0002_0000 | 0x0200_0000 | 0x0400_0000 | 0x0800_0000 | 0x4000_0000

    func run() -> Never {
        do {
            try enter()
        } catch {
            var message = error.message
            _ = withUnsafeBytes(of: &message) { clinux_write(report, $0.baseAddress, $0.count) }
        }
        clinux_exit(127)
    }

    /// Joins cgroup and namespaces, then becomes the command.
    private func enter() throws(Failure) {
        try check(SHIM_STEP_NAMESPACE, nil, clinux_setsid())
        try spec.each(SHIM_CGROUP) { record throws(Failure) in
            try Namespaces.joinCgroup(record.string)
        }
        try check(SHIM_STEP_NAMESPACE, nil, clinux_setns(target, Self.namespaces))
        phases[Int(SHIM_PHASE_NAMESPACES.rawValue)] = clinux_monotonic_ns()
        let proc = clinux_openat2(AT.current, "/proc", Open.path | Open.directory, 0, Resolve.noSymlinks)
        let terminal = try openTerminal()
        try Limits.apply(spec, proc: proc)
        try stdio.install(terminal: terminal, spec: spec)
        try Confinement.apply(spec)
        phases[Int(SHIM_PHASE_SECURITY.rawValue)] = clinux_monotonic_ns()
        try Execution.execute(spec) { phases[Int(SHIM_PHASE_EXEC.rawValue)] = clinux_monotonic_ns() }
    }

    /// A terminal of the container's own devpts; the mount is opened by path, but must be a devpts.
    private func openTerminal() throws(Failure) -> Terminal? {
        guard spec.has(SHIM_TERMINAL) else { return nil }
        let path = StaticText.pointer("/dev/pts")
        let devpts = try check(
            SHIM_STEP_TERMINAL, path,
            clinux_openat2(AT.current, path, Open.path | Open.directory, 0, Resolve.noSymlinks))
        defer { _ = clinux_close(devpts) }
        guard clinux_filesystem_magic(devpts) == 0x1cd1 else { throw Failure(SHIM_STEP_TERMINAL, Errno.noDevice, path) }
        return try Terminal.open(spec, devpts: devpts, root: -1)
    }
}
