#if os(Linux)
    import DockerClient
    import Glibc

    /// A daemon for one run alone: it has a root and a socket of its own, and leaves nothing behind, also where this
    /// process is killed, since it ends with its standard input.
    struct PrivateDaemon: Sendable {
        /// How long it may take to remove what a run has left.
        private static let endSeconds = 60

        private let process: DaemonProcess
        private let folder: String

        /// Where it listens.
        let host: String

        /// Starts one and waits until it answers.
        static func start() throws -> PrivateDaemon {
            let folder = try Folder.temporary("drydock")
            let host = "unix://\(folder)/drydock.sock"
            let mark = String(getpid())
            do {
                let process = try DaemonProcess.start(
                    [
                        "--ephemeral", "--host", host, "--root", "\(folder)/root", "--bridge", "dd\(mark)",
                        "--cgroup-parent", "/drydock-\(mark)",
                    ], log: "\(folder)/daemon.log")
                return PrivateDaemon(process: process, folder: folder, host: host)
            } catch {
                try Folder.remove(folder)
                throw error
            }
        }

        /// How to reach it.
        func endpoint() throws -> ResolvedEndpoint {
            try EndpointResolver(options: .init(host: host)).resolve()
        }

        /// Ends it; its log stays where it could not remove its root.
        func end() throws {
            process.end(seconds: Self.endSeconds)
            guard access("\(folder)/root", F_OK) != 0 else {
                throw Fault(description: "the private daemon could not clean up: see \(folder)/daemon.log")
            }
            try Folder.remove(folder)
        }
    }
#endif
