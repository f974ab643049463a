import CLinux
import ShimProtocol

/// What runs in the new process between clone3 and the container's command.
///
/// The order is runc's: cgroup before its namespace, mounts before pivot_root, seccomp while CAP_SYS_ADMIN is still
/// held unless no_new_privs makes that needless, execve last.
struct Init {
    let spec: Spec
    let launch: Launch
    let stdio: ChildStdio
    /// Where the first failure goes: close-on-exec, so that its end tells of success.
    let report: Int32
    /// Where phases are noted, a page shared with the monitor.
    let phases: UnsafeMutablePointer<Int64>
    /// Those of its namespaces that it was born into; others are made here.
    var born: UInt64?

    /// Sets up and executes; on failure reports and ends with 127.
    func run() -> Never {
        do {
            try setUp()
        } catch {
            withUnsafeBytes(of: error.message) { _ = clinux_write(report, $0.baseAddress, $0.count) }
        }
        clinux_exit(127)
    }

    private func note(_ phase: shim_phase) {
        phases[Int(phase.rawValue)] = clinux_monotonic_ns()
    }

    private func setUp() throws(Failure) {
        note(SHIM_PHASE_CLONED)
        try check(SHIM_STEP_NAMESPACE, nil, clinux_setsid())
        if let born { try Namespaces.make(spec, born: born) }
        try Limits.applyOutOfMemoryScore(spec, launch.inherited)
        launch.inherited.places.close()
        try Namespaces.enter(spec, launch.joins)
        note(SHIM_PHASE_NAMESPACES)

        var binds = try BindSources(spec)
        let root = try RootFileSystem(spec)
        note(SHIM_PHASE_ROOT)
        let mounts = try Mounts(spec, &binds, root: root.descriptor)
        try Devices.make(spec, root: root.descriptor)
        let terminal = try Terminal.open(spec, devpts: mounts.devpts, root: root.descriptor)
        try mounts.seal()
        note(SHIM_PHASE_MOUNTS)
        try WorkingDirectory.prepare(spec, root: root.descriptor)
        try root.pivot()
        note(SHIM_PHASE_PIVOT)

        try Masking.apply(spec, proc: mounts.proc)
        if spec.has(SHIM_READ_ONLY_ROOT) { try root.makeReadOnly() }
        try Limits.apply(spec)
        try stdio.install(terminal: terminal, spec: spec)
        try Scheduling.reset(nice: launch.inherited.nice)
        try Confinement.apply(spec)
        note(SHIM_PHASE_SECURITY)
        if spec.has(SHIM_INIT) { try Reaper.becomeOrReturnInChild() }
        try Execution.execute(spec) { note(SHIM_PHASE_EXEC) }
    }
}

/// Joining and making namespaces, from inside the new process.
enum Namespaces {
    /// Makes what an init that waited was not born into: above all its mount namespace, a copy of the host's mounts as
    /// they are now, so that nothing mounted meanwhile is missing and nothing unmounted was held on to.
    static func make(_ spec: Spec, born: UInt64) throws(Failure) {
        let made = try spec.namespaces() & ~CLINUX_CLONE_NEWCGROUP
        guard born & ~made == 0 else { throw Failure(SHIM_STEP_NAMESPACE, Errno.invalid) }
        try check(SHIM_STEP_NAMESPACE, nil, clinux_unshare((made | CLINUX_CLONE_NEWNS) & ~born))
    }

    static func enter(_ spec: Spec, _ joins: Joins) throws(Failure) {
        // Joined before the cgroup namespace is made, whose root is the cgroup of that moment (cgroup_namespaces(7)).
        try joinCgroups(spec)
        try joins.enter()
        let made = try spec.namespaces()
        if made & CLINUX_CLONE_NEWCGROUP != 0 {
            try check(SHIM_STEP_NAMESPACE, nil, clinux_unshare(CLINUX_CLONE_NEWCGROUP))
        }
        // Never the host's own name, nor that of another container.
        guard made & CLINUX_CLONE_NEWUTS != 0 else { return }
        if let name = spec.last(SHIM_HOSTNAME)?.string {
            try check(SHIM_STEP_HOSTNAME, name, clinux_sethostname(name, Text.length(name)))
        }
        if let name = spec.last(SHIM_DOMAINNAME)?.string {
            try check(SHIM_STEP_HOSTNAME, name, clinux_setdomainname(name, Text.length(name)))
        }
    }

    /// Joins the cgroup v1 cgroups of the spec, one after the other: only the first waits for a grace period.
    static func joinCgroups(_ spec: Spec) throws(Failure) {
        try spec.each(SHIM_CGROUP) { record throws(Failure) in
            let path = record.string
            let file = try check(
                SHIM_STEP_CGROUP, path, clinux_openat2(CLINUX_AT_FDCWD, path, CLINUX_O_WRONLY, 0, 0))
            // "0" is the writer itself, whatever PID namespace it reads its number in (cgroups(7)).
            let written = withUnsafeBytes(of: UInt8(ascii: "0")) { clinux_write(file, $0.baseAddress, 1) }
            _ = clinux_close(file)
            try check(SHIM_STEP_CGROUP, path, written)
        }
    }
}
