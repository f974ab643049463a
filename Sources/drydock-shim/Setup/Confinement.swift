import CLibcap
import CLinux
import ShimProtocol

/// User, groups, capabilities and seccomp, in the one order in which each step is still allowed.
enum Confinement {
    static func apply(_ spec: Spec) throws(Failure) {
        let noNewPrivileges = spec.has(SHIM_NO_NEW_PRIVILEGES)
        if noNewPrivileges { try check(SHIM_STEP_SECCOMP, nil, clinux_no_new_privileges()) }
        // Without no_new_privs a filter needs CAP_SYS_ADMIN, which the next steps take away (seccomp(2)).
        if !noNewPrivileges { try loadFilter(spec) }
        try identity(spec)
        try WorkingDirectory.enter(spec)
        if noNewPrivileges { try loadFilter(spec) }
        // A command whose monitor is killed has nobody left to read its output or note its end, so it ends, too. After the
        // change of user, which takes this away.
        try check(SHIM_STEP_SECCOMP, nil, clinux_set_parent_death_signal(Signal.kill))
        // Everything but stdin, stdout and stderr is gone when the command begins (CVE-2024-21626).
        try check(SHIM_STEP_DESCRIPTORS, nil, clinux_close_range(3, UInt32.max, 1))
    }

    private static func capabilities(_ spec: Spec) throws(Failure) -> shim_capabilities? {
        try spec.last(SHIM_CAPABILITIES)?.fixed(shim_capabilities.self, SHIM_STEP_CAPABILITIES)
    }

    private static func limit(_ capabilities: shim_capabilities) throws(Failure) {
        try check(SHIM_STEP_CAPABILITIES, nil, clibcap_drop_bounding(capabilities.bounding))
    }

    /// What a process can take on that is to do more than become a command, and gives on to what it clones: the filter and
    /// the bounding set of the spec, where it has them.
    static func begin(_ spec: Spec) throws(Failure) {
        if let capabilities = try capabilities(spec) { try limit(capabilities) }
        try loadFilter(spec)
    }

    private static func identity(_ spec: Spec) throws(Failure) {
        let size = MemoryLayout<shim_identity>.size
        let capabilities = try capabilities(spec)
        if let capabilities { try limit(capabilities) }
        if let record = spec.last(SHIM_IDENTITY) {
            let identity = try record.fixed(shim_identity.self, SHIM_STEP_IDENTITY)
            // 2^32 - 1 means "unchanged" to the kernel, which is root here (CVE-2024-40635).
            guard identity.uid <= Int32.max, identity.gid <= Int32.max else {
                throw Failure(SHIM_STEP_IDENTITY, Errno.invalid)
            }
            let groups = record.bytes(after: size)
            guard groups.count >= Int(identity.group_count) * 4 else {
                throw Failure(SHIM_STEP_SPEC, Errno.protocolError)
            }
            try check(SHIM_STEP_IDENTITY, nil, clinux_keep_capabilities(1))
            let list = groups.baseAddress?.assumingMemoryBound(to: UInt32.self)
            try check(SHIM_STEP_IDENTITY, nil, clinux_setgroups(list, Int(identity.group_count)))
            try check(SHIM_STEP_IDENTITY, nil, clinux_setresgid(identity.gid))
            try check(SHIM_STEP_IDENTITY, nil, clinux_setresuid(identity.uid))
            try check(SHIM_STEP_IDENTITY, nil, clinux_keep_capabilities(0))
            _ = clinux_umask(identity.umask)
        }
        if let capabilities {
            try check(
                SHIM_STEP_CAPABILITIES, nil,
                clibcap_set(
                    capabilities.effective, capabilities.permitted, capabilities.inheritable, capabilities.ambient))
        }
    }

    private static func loadFilter(_ spec: Spec) throws(Failure) {
        guard let record = spec.last(SHIM_SECCOMP) else { return }
        let program = record.bytes()
        let count = UInt16(truncatingIfNeeded: program.count / 8)
        try check(SHIM_STEP_SECCOMP, nil, clinux_seccomp_load(program.baseAddress, count, 0))
    }
}

/// The last step: the container's command takes the process over.
enum Execution {
    static func execute(_ spec: Spec, before: () -> Void) throws(Failure) {
        var arguments = try spec.vector(SHIM_ARGUMENT)
        var environment = try spec.vector(SHIM_ENVIRONMENT)
        guard let command = arguments[0] else { throw Failure(SHIM_STEP_EXEC, Errno.invalid) }
        before()
        if Text.contains(command, UInt8(ascii: "/")) {
            let answer = clinux_execve(command, &arguments, &environment)
            throw Failure(SHIM_STEP_EXEC, isDirectory(answer, command) ? Errno.isDirectory : -answer, command)
        } else {
            try search(command, spec.last(SHIM_SEARCH_PATH)?.string, &arguments, &environment)
        }
    }

    /// execve(2) answers EACCES for a directory, too, and docker tells the two apart.
    private static func isDirectory(_ answer: Int32, _ command: CString) -> Bool {
        var status = clinux_stat()
        return answer == -Errno.accessDenied && clinux_fstatat(CLINUX_AT_FDCWD, command, 1, &status) == 0
            && status.mode & CLINUX_S_IFMT == CLINUX_S_IFDIR
    }

    /// Tries every directory of PATH as execvp(3) does: what may not be executed is remembered, what is absent is not.
    private static func search(
        _ command: CString, _ path: CString?, _ arguments: inout [UnsafeMutablePointer<CChar>?],
        _ environment: inout [UnsafeMutablePointer<CChar>?]
    ) throws(Failure) {
        let colon = CChar(bitPattern: UInt8(ascii: ":"))
        var denied = false
        var start = path ?? StaticText.pointer("")
        while true {
            var end = 0
            while start[end] != 0, start[end] != colon { end += 1 }
            let answer = attempt(start, end, command, &arguments, &environment)
            if answer == -Errno.accessDenied { denied = true }
            if answer != -Errno.accessDenied, answer != -Errno.noEntry, answer != -Errno.notDirectory {
                throw Failure(SHIM_STEP_EXEC, -answer, command)
            }
            if start[end] == 0 { break }
            start += end + 1
        }
        throw Failure(SHIM_STEP_EXEC, denied ? Errno.accessDenied : Errno.noEntry, command)
    }

    private static func attempt(
        _ directory: CString, _ length: Int, _ command: CString, _ arguments: inout [UnsafeMutablePointer<CChar>?],
        _ environment: inout [UnsafeMutablePointer<CChar>?]
    ) -> Int32 {
        let commandLength = Text.length(command)
        guard length > 0, length + commandLength + 2 <= 4096 else { return -Errno.noEntry }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + commandLength + 2) { room in
            for index in 0..<length { room[index] = directory[index] }
            room[length] = CChar(bitPattern: UInt8(ascii: "/"))
            for index in 0...commandLength { room[length + 1 + index] = command[index] }
            return clinux_execve(room.baseAddress, &arguments, &environment)
        }
    }
}
