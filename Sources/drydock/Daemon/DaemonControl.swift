#if os(Linux)
    import Glibc

    /// What can be asked of the daemon of a root from outside.
    enum DaemonControl {
        /// How long a daemon may take to end: answers under way are let out first.
        private static let endSeconds = 30

        /// Says whether it runs; 3 where it does not, as init scripts do.
        static func status(root: String) throws -> Int32 {
            guard let holder = try DaemonLock.holder(root: root) else {
                Console.output("no daemon runs on \(root)\n")
                return 3
            }
            Console.output("a daemon runs on \(root): pid \(holder.pid), \(holder.hosts.joined(separator: ", "))\n")
            return 0
        }

        /// Ends it; that none runs is no fault.
        static func stop(root: String) throws -> Int32 {
            guard let holder = try DaemonLock.holder(root: root) else {
                Console.output("no daemon runs on \(root)\n")
                return 0
            }
            guard kill(holder.pid, SIGTERM) == 0 || errno == ESRCH else {
                throw Fault(
                    description: "cannot end the daemon, pid \(holder.pid): \(String(cString: strerror(errno)))")
            }
            guard DaemonLock.waitUntilFree(root: root, process: holder.pid, seconds: endSeconds) else {
                throw Fault(
                    description: "the daemon, pid \(holder.pid), has not ended within \(endSeconds) seconds: "
                        + "its log says what it is at")
            }
            return 0
        }
    }
#endif
