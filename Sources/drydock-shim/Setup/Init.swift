import CLinux
import ShimProtocol

/// What runs in the new process between clone3 and the container's command.
///
/// The order is runc's: cgroup before its namespace, mounts before pivot_root, seccomp while CAP_SYS_ADMIN is still
/// held unless no_new_privs makes that needless, execve last.
struct Init {
    let spec: Spec
    let stdio: ChildStdio
    /// The network namespace to enter, or -1.
    let network: Int32
    /// Where the first failure goes: close-on-exec, so that its end tells of success.
    let report: Int32
    /// Where phases are noted, a page shared with the monitor.
    let phases: UnsafeMutablePointer<Int64>

    /// Sets up and executes; on failure reports and ends with 127.
    func run() -> Never {
        do {
            try setUp()
        } catch {
            var message = error.message
            _ = withUnsafeBytes(of: &message) { clinux_write(report, $0.baseAddress, $0.count) }
        }
        clinux_exit(127)
    }

    private func note(_ phase: shim_phase) {
        phases[Int(phase.rawValue)] = clinux_monotonic_ns()
    }

    private func setUp() throws(Failure) {
        note(SHIM_PHASE_CLONED)
        try check(SHIM_STEP_NAMESPACE, nil, clinux_setsid())
        try Namespaces.enter(spec, network: network)
        note(SHIM_PHASE_NAMESPACES)

        var root = try RootFileSystem(spec)
        note(SHIM_PHASE_ROOT)
        let mounts = try Mounts(spec, root: root.descriptor)
        try Devices.make(spec, root: root.descriptor)
        let terminal = try Terminal.open(spec, devpts: mounts.devpts, root: root.descriptor)
        note(SHIM_PHASE_MOUNTS)
        try WorkingDirectory.prepare(spec, root: root.descriptor)
        try root.pivot()
        note(SHIM_PHASE_PIVOT)

        try Masking.apply(spec, proc: mounts.proc)
        if spec.has(SHIM_READ_ONLY_ROOT) { try root.makeReadOnly() }
        try Limits.apply(spec, proc: mounts.proc)
        try stdio.install(terminal: terminal, spec: spec)
        try Confinement.apply(spec)
        note(SHIM_PHASE_SECURITY)
        try Execution.execute(spec) { note(SHIM_PHASE_EXEC) }
    }
}

/// Joining and making namespaces, from inside the new process.
enum Namespaces {
    static let newCgroup: UInt64 = 0x0200_0000
    static let newNetwork: UInt64 = 0x4000_0000
    static let newMount: UInt64 = 0x0002_0000

    static func enter(_ spec: Spec, network: Int32) throws(Failure) {
        // Joined before the cgroup namespace is made, whose root is the cgroup of that moment (cgroup_namespaces(7)).
        try spec.each(SHIM_CGROUP) { record throws(Failure) in
            try joinCgroup(record.string)
        }
        if spec.has(SHIM_NETWORK_DESCRIPTOR) {
            try check(SHIM_STEP_NAMESPACE, nil, clinux_setns(network, newNetwork))
        }
        try spec.each(SHIM_JOIN_NAMESPACE) { record throws(Failure) in
            let join = try record.fixed(shim_join.self, SHIM_STEP_NAMESPACE)
            let path = record.string(0, after: MemoryLayout<shim_join>.size)
            let file = try check(SHIM_STEP_NAMESPACE, path, clinux_openat2(AT.current, path, Open.readOnly, 0, 0))
            try check(SHIM_STEP_NAMESPACE, path, clinux_setns(file, join.type))
            _ = clinux_close(file)
        }
        if let record = spec.last(SHIM_NAMESPACES) {
            let flags = try record.fixed(shim_namespaces.self, SHIM_STEP_NAMESPACE).flags
            if flags & newCgroup != 0 { try check(SHIM_STEP_NAMESPACE, nil, clinux_unshare(newCgroup)) }
        }
        if let name = spec.last(SHIM_HOSTNAME)?.string {
            try check(SHIM_STEP_HOSTNAME, name, clinux_sethostname(name, length(name)))
        }
        if let name = spec.last(SHIM_DOMAINNAME)?.string {
            try check(SHIM_STEP_HOSTNAME, name, clinux_setdomainname(name, length(name)))
        }
    }

    static func joinCgroup(_ path: CString) throws(Failure) {
        let file = try check(SHIM_STEP_CGROUP, path, clinux_openat2(AT.current, path, Open.writeOnly, 0, 0))
        // "0" is the writer itself, whatever PID namespace it reads its number in (cgroups(7)).
        let written = withUnsafeBytes(of: UInt8(ascii: "0")) { clinux_write(file, $0.baseAddress, 1) }
        _ = clinux_close(file)
        try check(SHIM_STEP_CGROUP, path, written)
    }

    static func length(_ text: CString) -> Int {
        var count = 0
        while text[count] != 0 { count += 1 }
        return count
    }
}

/// Directory descriptors and flags of openat(2).
enum AT {
    static let current: Int32 = -100
}

enum Open {
    static let readOnly: UInt64 = 0o2_000_000  // O_CLOEXEC
    static let writeOnly: UInt64 = 0o2_000_001
    static let readWrite: UInt64 = 0o2_000_002
    static let create: UInt64 = 0o100
    static let exclusive: UInt64 = 0o200
    static let truncate: UInt64 = 0o1000
    static let append: UInt64 = 0o2000
    static let directory: UInt64 = 0o200_000
    static let noFollow: UInt64 = 0o400_000
    static let path: UInt64 = 0o10_000_000 | 0o2_000_000
}

/// RESOLVE_ flags of openat2(2).
enum Resolve {
    static let noCrossing: UInt64 = 0x01
    static let noMagicLinks: UInt64 = 0x02
    static let noSymlinks: UInt64 = 0x04
    static let beneath: UInt64 = 0x08
    static let inRoot: UInt64 = 0x10
}
