#if os(Linux)
    import CLinux
    import Glibc

    /// A daemon started by this process, in a session of its own.
    struct DaemonProcess: Sendable {
        /// How long a daemon may take until it answers.
        private static let startSeconds = 30

        let pid: pid_t
        /// Our end of its standard input; closing it ends an ephemeral daemon.
        private let input: CInt

        /// Starts this executable as a daemon and waits until it answers.
        ///
        /// - Parameters:
        ///   - log: the file that takes its standard error; it is told where the start fails.
        /// - Throws: `Fault`, with the daemon's own words.
        static func start(_ arguments: [String], log: String) throws -> DaemonProcess {
            let output = try pipe()
            let input = try pipe()
            let errors = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
            guard errors >= 0 else { throw Fault(description: "cannot write \(log): \(reason(errno))") }
            let start = lseek(errors, 0, SEEK_END)
            defer { close(output.read) }
            let pid: pid_t
            do {
                defer { for descriptor in [output.write, input.read, errors] { close(descriptor) } }
                pid = try spawn(arguments, input: input.read, output: output.write, errors: errors)
            } catch {
                close(input.write)
                throw error
            }
            let process = DaemonProcess(pid: pid, input: input.write)
            guard waitForLine(output.read) else {
                process.end(seconds: 1)
                throw Fault(description: words(log, from: start) ?? "the daemon did not start; see \(log)")
            }
            return process
        }

        /// Lets go of it: it runs on.
        func release() { close(input) }

        /// Ends an ephemeral daemon and waits for it; one that takes too long is killed.
        func end(seconds: Int) {
            close(input)
            let handle = clinux_pidfd_open(pid)
            if handle >= 0 {
                var entry = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
                if poll(&entry, 1, CInt(seconds * 1000)) != 1 { kill(pid, SIGKILL) }
                close(handle)
            }
            var status: CInt = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        }

        // MARK: - Starting

        private static func spawn(
            _ arguments: [String], input: CInt, output: CInt, errors: CInt
        ) throws -> pid_t {
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
            posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
            posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
            var attributes = posix_spawnattr_t()
            posix_spawnattr_init(&attributes)
            defer { posix_spawnattr_destroy(&attributes) }
            // A session of its own: the terminal's Ctrl-C is for whoever sits at it.
            let session: CInt = 0x80  // POSIX_SPAWN_SETSID, a GNU extension that Glibc's module leaves out.
            posix_spawnattr_setflags(&attributes, Int16(session | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
            var none = sigset_t()
            sigemptyset(&none)
            posix_spawnattr_setsigmask(&attributes, &none)
            var usual = sigset_t()
            sigemptyset(&usual)
            for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&usual, number) }
            posix_spawnattr_setsigdefault(&attributes, &usual)
            let path = Executable.path
            var words: [UnsafeMutablePointer<CChar>?] = ([path, "daemon"] + arguments).map { strdup($0) }
            words.append(nil)
            defer { for word in words { free(word) } }
            var pid: pid_t = 0
            let fault = posix_spawn(&pid, path, &actions, &attributes, words, environ)
            guard fault == 0 else { throw Fault(description: "cannot run \(path): \(reason(fault))") }
            return pid
        }

        private static func pipe() throws -> (read: CInt, write: CInt) {
            var ends: [CInt] = [-1, -1]
            guard Glibc.pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
                throw Fault(description: "cannot make a pipe: \(reason(errno))")
            }
            return (ends[0], ends[1])
        }

        /// Whether the daemon said that it answers, before it ended and before time was up.
        private static func waitForLine(_ descriptor: CInt) -> Bool {
            let clock = ContinuousClock()
            let deadline = clock.now + .seconds(startSeconds)
            while clock.now < deadline {
                var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                let left = (deadline - clock.now).components.seconds
                let count = poll(&entry, 1, CInt(left * 1000 + 1))
                if count < 0, errno == EINTR { continue }
                guard count == 1 else { return false }
                var buffer = [UInt8](repeating: 0, count: 64)
                let length = read(descriptor, &buffer, buffer.count)
                if length < 0, errno == EINTR { continue }
                return length > 0
            }
            return false
        }

        /// The last line the daemon wrote, without the program's name.
        private static func words(_ log: String, from start: off_t) -> String? {
            let descriptor = open(log, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            defer { close(descriptor) }
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            let count = pread(descriptor, &buffer, buffer.count, max(start, 0))
            guard count > 0 else { return nil }
            let lines = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n")
            guard let line = lines.last(where: { $0.hasPrefix("drydock: ") }) ?? lines.last else { return nil }
            return String(line.hasPrefix("drydock: ") ? line.dropFirst(9) : line[...])
        }

        private static func reason(_ number: CInt) -> String { String(cString: strerror(number)) }
    }
#endif
