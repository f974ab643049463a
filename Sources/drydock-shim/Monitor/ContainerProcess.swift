import CLinux
import ShimProtocol

/// The container's init, or an exec's command, as the monitor holds it.
struct ContainerProcess {
    let pid: Int32
    let pidfd: Int32

    /// Clones the process and waits until its command runs.
    ///
    /// - Throws: the step that failed, with its errno, as the child reported it.
    init(
        spec: Spec, launch: Launch, stdio: ChildStdio, supplies: Supplies?, started: inout shim_started
    ) throws(Failure) {
        let phases = if let supplies { supplies.phases } else { try Phases() }
        let report = if let supplies { supplies.report } else { try Pipe(SHIM_STEP_FORK) }
        phases.pointer[Int(SHIM_PHASE_RECEIVED.rawValue)] = launch.received
        phases.pointer[Int(SHIM_PHASE_FORKED.rawValue)] = clinux_monotonic_ns()
        try launch.joins.enterForChildren()
        // Nobody of another user may look into, or reopen, what the child is before it becomes the command (CVE-2019-5736).
        _ = clinux_set_dumpable(0)
        var pidfd: Int32 = -1
        if spec.has(SHIM_EXEC) {
            let entering = Entering(
                spec: spec, launch: launch, stdio: stdio, report: report.write, phases: phases.pointer)
            pid = try Self.clone(entering, stack: supplies?.stack ?? clinux_map_stack(), &pidfd)
        } else {
            pid = try Self.clone(spec, &pidfd)
            if pid == 0 {
                _ = clinux_block_signals(0)
                Init(spec: spec, launch: launch, stdio: stdio, report: report.write, phases: phases.pointer).run()
            }
        }
        _ = clinux_close(report.write)
        self.pidfd = pidfd
        try Self.awaitExec(report.read, pidfd)
        phases.pointer[Int(SHIM_PHASE_STARTED.rawValue)] = clinux_monotonic_ns()
        started.pid = pid
        phases.copy(to: &started)
    }

    /// Wakes an init that waits and waits until its command runs; its namespaces are made and its cgroups joined already.
    ///
    /// - Throws: the step that failed, with its errno, as the child reported it.
    init(
        _ parked: ParkedInit, spec: Spec, launch: Launch, stdio: ChildStdio, started: inout shim_started
    ) throws(Failure) {
        parked.phases.pointer[Int(SHIM_PHASE_RECEIVED.rawValue)] = launch.received
        try parked.handOver(launch, spec: spec, stdio: stdio)
        pid = parked.pid
        pidfd = parked.pidfd
        try Self.awaitExec(parked.report, pidfd)
        parked.phases.pointer[Int(SHIM_PHASE_STARTED.rawValue)] = clinux_monotonic_ns()
        started.pid = pid
        parked.phases.copy(to: &started)
    }

    /// How it ended, or `nil` while it runs.
    func ended() -> clinux_exit_status? {
        var status = clinux_exit_status()
        return clinux_wait_pidfd(pidfd, 0, &status) == 1 ? status : nil
    }

    private static func clone(_ spec: Spec, _ pidfd: inout Int32) throws(Failure) -> Int32 {
        // The cgroup namespace is made inside, after the cgroup is joined; a mount namespace is never optional.
        let flags = try spec.namespaces() & ~CLINUX_CLONE_NEWCGROUP | CLINUX_CLONE_NEWNS
        return try inCgroup(spec) { cgroup throws(Failure) in
            try check(SHIM_STEP_CLONE, nil, clinux_clone(flags, &pidfd, cgroup))
        }
    }

    /// Clones what enters a container, in our memory where it need not be born in a cgroup: no page table is copied, nor any
    /// page after it, only to be dropped when the command is executed.
    private static func clone(
        _ entering: Entering, stack: UnsafeMutableRawPointer?, _ pidfd: inout Int32
    ) throws(Failure) -> Int32 {
        guard let stack else { throw Failure(SHIM_STEP_CLONE, Errno.noMemory) }
        return try inCgroup(entering.spec) { cgroup throws(Failure) in
            guard cgroup < 0 else {
                let child = try check(SHIM_STEP_CLONE, nil, clinux_clone(0, &pidfd, cgroup))
                if child == 0 { entering.run() }
                return child
            }
            let answer = withUnsafePointer(to: entering) {
                clinux_clone_sharing_memory(
                    0, &pidfd, stack, { $0?.assumingMemoryBound(to: Entering.self).pointee.run() },
                    UnsafeMutableRawPointer(mutating: $0))
            }
            return try check(SHIM_STEP_CLONE, nil, answer)
        }
    }

    /// With the cgroup v2 that a process is to be born in, or -1.
    private static func inCgroup(
        _ spec: Spec, _ body: (Int32) throws(Failure) -> Int32
    ) throws(Failure) -> Int32 {
        guard let record = spec.last(SHIM_CGROUP_V2) else { return try body(-1) }
        let cgroup = try check(
            SHIM_STEP_CGROUP, record.string,
            clinux_openat2(CLINUX_AT_FDCWD, record.string, CLINUX_O_PATH | CLINUX_O_DIRECTORY, 0, 0))
        defer { _ = clinux_close(cgroup) }
        return try body(cgroup)
    }

    /// The report pipe ends when execve closes it; a failure comes as bytes before that.
    static func awaitExec(_ report: Int32, _ pidfd: Int32) throws(Failure) {
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
