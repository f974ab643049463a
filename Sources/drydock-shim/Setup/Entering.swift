import CLinux
import ShimProtocol

/// An exec: a process that enters the namespaces of a running container instead of making its own.
struct Entering {
    let spec: Spec
    let launch: Launch
    let stdio: ChildStdio
    let report: Int32
    let phases: UnsafeMutablePointer<Int64>

    /// May run in its monitor's memory, which it leaves as it is but for what it allocates.
    func run() -> Never {
        _ = clinux_block_signals(0)
        do {
            try enter()
        } catch {
            withUnsafeBytes(of: error.message) { _ = clinux_write(report, $0.baseAddress, $0.count) }
        }
        clinux_exit(127)
    }

    /// Joins cgroup and namespaces, then becomes the command.
    private func enter() throws(Failure) {
        phases[Int(SHIM_PHASE_CLONED.rawValue)] = clinux_monotonic_ns()
        try check(SHIM_STEP_NAMESPACE, nil, clinux_setsid())
        try Limits.applyOutOfMemoryScore(spec, launch.inherited)
        launch.inherited.places.close()
        try Namespaces.joinCgroups(spec)
        try launch.joins.enter()
        phases[Int(SHIM_PHASE_NAMESPACES.rawValue)] = clinux_monotonic_ns()
        let terminal = try openTerminal()
        try Limits.apply(spec)
        try stdio.install(terminal: terminal, spec: spec)
        try Scheduling.reset(nice: launch.inherited.nice)
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
            clinux_openat2(
                CLINUX_AT_FDCWD, path, CLINUX_O_PATH | CLINUX_O_DIRECTORY, 0, CLINUX_RESOLVE_NO_SYMLINKS))
        defer { _ = clinux_close(devpts) }
        guard clinux_filesystem_magic(devpts) == CLINUX_DEVPTS_SUPER_MAGIC else {
            throw Failure(SHIM_STEP_TERMINAL, Errno.noDevice, path)
        }
        return try Terminal.open(spec, devpts: devpts, root: -1)
    }
}
