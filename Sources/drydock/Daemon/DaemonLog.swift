#if os(Linux)
    import Logging
    import Synchronization

    /// The daemon's log on standard error; its level can change while it runs.
    enum DaemonLog {
        private static let level = Mutex(Logger.Level.info)

        /// Begins to log.
        static func begin(_ name: String?) throws {
            try setLevel(name)
            LoggingSystem.bootstrap { label in Handler(base: StreamLogHandler.standardError(label: label)) }
        }

        /// Changes the level.
        static func setLevel(_ name: String?) throws {
            guard let chosen = Logger.Level(rawValue: name == "warn" ? "warning" : name ?? "info") else {
                let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw Fault(description: "--log-level takes one of \(names), not \"\(name ?? "")\"")
            }
            level.withLock { $0 = chosen }
        }

        /// Standard error at the common level.
        private struct Handler: LogHandler {
            var base: StreamLogHandler

            var logLevel: Logger.Level {
                get { DaemonLog.level.withLock { $0 } }
                set {}
            }
            var metadata: Logger.Metadata {
                get { base.metadata }
                set { base.metadata = newValue }
            }
            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { base[metadataKey: key] }
                set { base[metadataKey: key] = newValue }
            }

            func log(event: LogEvent) { base.log(event: event) }
        }
    }
#endif
