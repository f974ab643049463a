import CLinux
import ShimProtocol

/// The container's init, or an exec's command, as the monitor holds it.
struct ContainerProcess {
    let pid: Int32
    let pidfd: Int32

    private static let newMount: UInt64 = 0x0002_0000
    private static let newCgroup: UInt64 = 0x0200_0000
    private static let newPID: UInt64 = 0x2000_0000

    /// Clones the process and waits until its command runs.
    ///
    /// - Throws: the step that failed, with its errno, as the child reported it.
    init(spec: Spec, stdio: ChildStdio, extra: Int32, received: Int64, started: inout shim_started) throws(Failure) {
        let phases = try Phases()
        phases.pointer[Int(SHIM_PHASE_RECEIVED.rawValue)] = received
        phases.pointer[Int(SHIM_PHASE_FORKED.rawValue)] = clinux_monotonic_ns()
        var report: [Int32] = [-1, -1]
        try check(SHIM_STEP_FORK, nil, clinux_pipe(&report, 0o2_000_000))
        let isExec = spec.has(SHIM_EXEC)
        if isExec { try check(SHIM_STEP_NAMESPACE, nil, clinux_setns(extra, Self.newPID)) }
        var pidfd: Int32 = -1
        let child = try Self.clone(spec, isExec: isExec, &pidfd)
        if child == 0 {
            _ = clinux_reset_signals()
            // Nobody of another user may look into, or reopen, what this process was before it became the command
            // (CVE-2019-5736).
            _ = clinux_set_dumpable(0)
            if isExec {
                Entering(spec: spec, stdio: stdio, target: extra, report: report[1], phases: phases.pointer).run()
            }
            Init(spec: spec, stdio: stdio, network: extra, report: report[1], phases: phases.pointer).run()
        }
        _ = clinux_close(report[1])
        pid = child
        self.pidfd = pidfd
        try Self.awaitExec(report[0], pidfd)
        phases.pointer[Int(SHIM_PHASE_STARTED.rawValue)] = clinux_monotonic_ns()
        started.pid = child
        phases.copy(to: &started)
    }

    /// How it ended, or `nil` while it runs.
    func ended() -> clinux_exit_status? {
        var status = clinux_exit_status()
        return clinux_wait_pidfd(pidfd, 0, &status) == 1 ? status : nil
    }

    private static func clone(_ spec: Spec, isExec: Bool, _ pidfd: inout Int32) throws(Failure) -> Int32 {
        var cgroup: Int32 = -1
        if let record = spec.last(SHIM_CGROUP_V2) {
            cgroup = try check(
                SHIM_STEP_CGROUP, record.string,
                clinux_openat2(AT.current, record.string, Open.path | Open.directory, 0, 0))
        }
        defer { if cgroup >= 0 { _ = clinux_close(cgroup) } }
        var flags: UInt64 = 0
        if !isExec {
            flags = try spec.last(SHIM_NAMESPACES)?.fixed(shim_namespaces.self, SHIM_STEP_NAMESPACE).flags ?? 0
            // The cgroup namespace is made inside, after the cgroup is joined; a mount namespace is never optional.
            flags = (flags & ~newCgroup) | newMount
        }
        return try check(SHIM_STEP_CLONE, nil, clinux_clone(flags, &pidfd, cgroup))
    }

    /// The report pipe ends when execve closes it; a failure comes as bytes before that.
    private static func awaitExec(_ report: Int32, _ pidfd: Int32) throws(Failure) {
        var message = shim_failed()
        let count = withUnsafeMutableBytes(of: &message) { clinux_read(report, $0.baseAddress, $0.count) }
        _ = clinux_close(report)
        if count == 0 { return }
        var status = clinux_exit_status()
        _ = clinux_wait_pidfd(pidfd, 1, &status)
        guard count == Int64(MemoryLayout<shim_failed>.size) else {
            throw Failure(SHIM_STEP_PROTOCOL, Errno.protocolError)
        }
        let failure = withUnsafeBytes(of: &message.detail) { detail in
            Failure(
                shim_step(rawValue: message.step), message.error,
                detail.baseAddress?.assumingMemoryBound(to: CChar.self))
        }
        throw failure
    }
}

/// A page shared between monitor and init, in which each notes when it passed a phase.
struct Phases {
    let pointer: UnsafeMutablePointer<Int64>

    init() throws(Failure) {
        guard let page = clinux_map_shared(MemoryLayout<Int64>.size * Int(SHIM_PHASE_COUNT)) else {
            throw Failure(SHIM_STEP_FORK, Errno.noMemory)
        }
        pointer = page.assumingMemoryBound(to: Int64.self)
    }

    func copy(to started: inout shim_started) {
        withUnsafeMutableBytes(of: &started.phases) { target in
            target.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: target.count))
        }
    }
}
