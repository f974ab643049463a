import DockerCommand
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The descriptors between the harness and a child: three pipes, or both sides of a terminal.
struct ChildStreams {
    /// What the harness writes to; the terminal's own descriptor where there is one.
    let input: Int32?
    let output: Int32
    let error: Int32?
    private let childInput: Int32?
    private let childOutput: Int32
    private let childError: Int32?
    /// The path of the terminal, which the child opens anew to make it its controlling one.
    private let terminalPath: String?

    /// Descriptors are inherited between their making and FD_CLOEXEC, so nothing is spawned meanwhile.
    static let spawning = Mutex(())

    init(terminal: WindowSize?, hasInput: Bool) throws(SystemError) {
        if let terminal {
            var leader: Int32 = -1
            var follower: Int32 = -1
            var name = [CChar](repeating: 0, count: 128)
            guard openpty(&leader, &follower, &name, nil, nil) == 0 else { throw SystemError() }
            Self.closeOnExec(leader, follower)
            let length = name.firstIndex(of: 0) ?? name.count
            terminalPath = String(decoding: name[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            try terminal.apply(to: leader)
            let writer = dup(leader)
            guard writer >= 0 else { throw SystemError() }
            Self.closeOnExec(writer)
            (input, output, error) = (writer, leader, nil)
            (childInput, childOutput, childError) = (follower, follower, nil)
            return
        }
        terminalPath = nil
        let inputPipe = hasInput ? try Self.pipe() : nil
        let outputPipe = try Self.pipe()
        let errorPipe = try Self.pipe()
        (input, output, error) = (inputPipe?.write, outputPipe.read, errorPipe.read)
        (childInput, childOutput, childError) = (inputPipe?.read, outputPipe.write, errorPipe.write)
    }

    func closeChildEnds() {
        for descriptor in Set([childInput, childOutput, childError].compactMap(\.self)) { close(descriptor) }
    }

    func closeAll() {
        closeChildEnds()
        for descriptor in Set([input, output, error].compactMap(\.self)) { close(descriptor) }
    }

    /// Starts the program in a process group or session of its own, so that Ctrl-C at the harness's terminal does not
    /// reach it, with default signal handling and no descriptor but its three.
    func spawn(_ options: ChildProcess.Options) throws(SystemError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let terminalPath {
            posix_spawn_file_actions_addopen(&actions, 0, terminalPath, O_RDWR, 0)
            posix_spawn_file_actions_adddup2(&actions, 0, 1)
            posix_spawn_file_actions_adddup2(&actions, 0, 2)
        } else {
            if let childInput {
                posix_spawn_file_actions_adddup2(&actions, childInput, 0)
            } else {
                posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            }
            posix_spawn_file_actions_adddup2(&actions, childOutput, 1)
            if let childError { posix_spawn_file_actions_adddup2(&actions, childError, 2) }
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var flags = Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK)
        flags |= terminalPath == nil ? Int32(POSIX_SPAWN_SETPGROUP) : Self.newSession
        #if canImport(Darwin)
            flags |= Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
        #endif
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGWINCH, SIGCHLD] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)

        var pid: pid_t = 0
        // posix_spawn(3) has no portable change of directory, so a shell does it and becomes the program.
        let script = "cd -- \"$1\" && shift && exec \"$@\""
        let words = ["sh", "-c", script, "sh", options.directory, options.executable] + options.arguments
        let environment = options.environment.map { "\($0.key)=\($0.value)" }
        let code = CStrings.with(words) { argv in
            CStrings.with(environment) { envp in
                posix_spawn(&pid, "/bin/sh", &actions, &attributes, argv, envp)
            }
        }
        guard code == 0 else { throw SystemError(code: code) }
        return pid
    }

    #if os(Linux)
        /// POSIX_SPAWN_SETSID of <spawn.h>, which the Glibc module hides with the other GNU extensions.
        private static let newSession: Int32 = 0x80
    #else
        private static let newSession = Int32(POSIX_SPAWN_SETSID)
    #endif

    private static func pipe() throws(SystemError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard systemPipe(&ends) == 0 else { throw SystemError() }
        closeOnExec(ends[0], ends[1])
        return (ends[0], ends[1])
    }

    private static func closeOnExec(_ descriptors: Int32...) {
        for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }
}

private func systemPipe(_ ends: inout [Int32]) -> Int32 { pipe(&ends) }

/// Swift strings as the null-terminated array of C strings that exec takes.
private enum CStrings {
    static func with<Value>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
    ) -> Value {
        var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        pointers.append(nil)
        return pointers.withUnsafeMutableBufferPointer { buffer in
            // The array has at least its final null, so its base address exists.
            body(buffer.baseAddress.unsafelyUnwrapped)
        }
    }
}
