#if os(Linux)
    import EngineHTTP
    import Glibc

    /// Drydock's own daemon on its default socket, for docker's verbs where no other is named.
    enum DefaultDaemon {
        /// Answers its host; starts it in the background where none answers, once even if many ask at a time.
        static func host() throws -> String {
            let socket = String(DaemonSettings.defaultHost.dropFirst("unix://".count))
            if SocketProbe.isAnswered(socket) { return DaemonSettings.defaultHost }
            guard geteuid() == 0 else {
                throw Fault(
                    description: "no daemon answers on \(DaemonSettings.defaultHost), and only root can start one: "
                        + "run `sudo drydock daemon`, or name another daemon with --host or DOCKER_HOST")
            }
            let root = DaemonSettings.defaultRoot
            // Nobody else may look into containers' files (CVE-2021-41091); the socket has permissions of its own.
            try makeFolder(root, 0o710)
            try makeFolder("/run/drydock", 0o711)
            let starting = open("\(root)/start.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard starting >= 0 else {
                throw Fault(description: "cannot open \(root)/start.lock: \(String(cString: strerror(errno)))")
            }
            defer { close(starting) }
            // Whoever is first starts it; the others wait here, no longer than a start may take.
            while flock(starting, LOCK_EX) != 0 {
                guard errno == EINTR else {
                    throw Fault(description: "cannot lock \(root)/start.lock: \(String(cString: strerror(errno)))")
                }
            }
            if SocketProbe.isAnswered(socket) { return DaemonSettings.defaultHost }
            let process = try DaemonProcess.start(
                ["--host", DaemonSettings.defaultHost, "--root", root], log: "\(root)/daemon.log")
            process.release()
            return DaemonSettings.defaultHost
        }

        private static func makeFolder(_ path: String, _ mode: mode_t) throws {
            guard mkdir(path, mode) == 0 || errno == EEXIST else {
                throw Fault(description: "cannot make the folder \(path): \(String(cString: strerror(errno)))")
            }
        }
    }
#endif
