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
            let watcher = endsWithInput ? inputWatcher { continuation.finish() } : nil
            for await _ in end {}
            watcher?.cancel()
        }

        private static func inputWatcher(_ atEnd: @escaping @Sendable () -> Void) -> any DispatchSourceRead {
            let source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .global())
            source.setEventHandler {
                var byte: UInt8 = 0
                if read(STDIN_FILENO, &byte, 1) <= 0, errno != EINTR { atEnd() }
            }
            source.resume()
            return source
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
