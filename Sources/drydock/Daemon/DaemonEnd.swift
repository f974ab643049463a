#if os(Linux)
    import Dispatch
    import Glibc
    import Logging
    import Synchronization

    /// Waiting for the daemon's end.
    enum DaemonEnd {
        /// Returns when the task is cancelled, or where it is so wanted when standard input ends.
        static func wait(endsWithInput: Bool) async {
            let (end, continuation) = AsyncStream<Void>.makeStream()
            if endsWithInput { watchInput { continuation.finish() } }
            for await _ in end {}
        }

        /// A blocking read and no dispatch source: cancelling one whose descriptor is at its end frees what libdispatch's event
        /// loop still has in hand, and took the daemon along. It ends with the input or the process.
        private static func watchInput(_ atEnd: @escaping @Sendable () -> Void) {
            DispatchQueue(label: "drydock.input").async {
                var byte: UInt8 = 0
                while true {
                    let count = read(STDIN_FILENO, &byte, 1)
                    if count == 0 || count < 0 && errno != EINTR { return atEnd() }
                }
            }
        }
    }

    /// SIGHUP: the settings are read again.
    struct Reloading {
        private let source: any DispatchSourceSignal

        init(settings: DaemonSettings, reread: @escaping @Sendable () throws -> DaemonSettings, logger: Logger) {
            signal(SIGHUP, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
            source.setEventHandler {
                do {
                    let new = try reread()
                    try DaemonLog.setLevel(new.logLevel)
                    let rest = settings.restartNeeded(by: new)
                    logger.notice(
                        "read the settings again",
                        metadata: rest.isEmpty ? [:] : ["at the next start": "\(rest.joined(separator: ", "))"])
                } catch {
                    logger.error("the settings stay as they were: \(error)")
                }
            }
            source.resume()
            self.source = source
        }

        func cancel() { source.cancel() }
    }

    /// Tells whoever started the daemon that it answers: one line on standard output, which is closed then.
    enum Readiness {
        static let line = "ready\n"

        static func tell() {
            Console.output(line)
            // A pipe that is kept open would keep the starter's shell waiting.
            let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
            guard null >= 0 else { return }
            dup2(null, STDOUT_FILENO)
            close(null)
        }
    }

    /// The file with the daemon's process ID.
    enum PIDFile {
        static func write(_ path: String?) throws {
            guard let path else { return }
            let text = "\(getpid())\n"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
            guard descriptor >= 0, Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count else {
                throw Fault(description: "cannot write --pidfile \(path): \(String(cString: strerror(errno)))")
            }
            close(descriptor)
        }

        static func remove(_ path: String?) { if let path { unlink(path) } }
    }
#endif
