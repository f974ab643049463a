#if os(Linux)
    import CLinux
    import Glibc

    /// One daemon per root: whoever holds the lock file is the daemon, and its text says which process that is.
    final class DaemonLock {
        private let descriptor: CInt

        private init(descriptor: CInt) {
            self.descriptor = descriptor
        }

        deinit { close(descriptor) }

        /// Takes the lock of a root, which is made if need be.
        ///
        /// - Throws: `Fault` where another daemon holds it.
        static func take(root: String, hosts: [String]) throws -> DaemonLock {
            try makeFolder(root)
            let path = file(root)
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
            guard descriptor >= 0 else { throw Fault(description: "cannot open \(path): \(reason())") }
            let lock = DaemonLock(descriptor: descriptor)
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let holder = read(descriptor).map { " (pid \($0.pid))" } ?? ""
                throw Fault(
                    description: "a daemon with the root \(root) is running already\(holder): "
                        + "stop it with `drydock daemon --stop --root \(root)`, or choose another --root")
            }
            let text = ([String(getpid())] + hosts).joined(separator: "\n") + "\n"
            guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.utf8.count, 0) == text.utf8.count else {
                throw Fault(description: "cannot write \(path): \(reason())")
            }
            return lock
        }

        /// The daemon of a root; nil where none runs.
        static func holder(root: String) throws -> (pid: pid_t, hosts: [String])? {
            let descriptor = open(file(root), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else {
                guard errno == ENOENT else { throw Fault(description: "cannot open \(file(root)): \(reason())") }
                return nil
            }
            defer { close(descriptor) }
            guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
            return read(descriptor)
        }

        /// Waits until no daemon holds a root's lock; false where that takes too long.
        static func waitUntilFree(root: String, process: pid_t, seconds: Int) -> Bool {
            // The process that holds the lock says by its end that it is free.
            let handle = clinux_pidfd_open(process)
            guard handle >= 0 else { return (try? holder(root: root)) == nil }
            defer { close(handle) }
            var entry = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
            return poll(&entry, 1, CInt(seconds * 1000)) == 1
        }

        private static func file(_ root: String) -> String { "\(root)/daemon.lock" }

        private static func makeFolder(_ path: String) throws {
            var made = ""
            for part in path.split(separator: "/") {
                made += "/" + part
                guard mkdir(made, 0o710) == 0 || errno == EEXIST else {
                    throw Fault(description: "cannot make the folder \(made): \(reason())")
                }
            }
        }

        private static func read(_ descriptor: CInt) -> (pid: pid_t, hosts: [String])? {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = pread(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            let lines = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
            guard let pid = lines.first.flatMap({ pid_t($0) }) else { return nil }
            return (pid, Array(lines.dropFirst()))
        }

        private static func reason() -> String { String(cString: strerror(errno)) }
    }
#endif
