import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Signals of the process as streams; a signal has its default effect again once its stream is let go.
enum SignalSource {
    /// What docker's CLI passes on to a container, by the name the API takes.
    static let forwarded: [(number: Int32, name: String)] = [
        (SIGHUP, "HUP"), (SIGINT, "INT"), (SIGQUIT, "QUIT"), (SIGTERM, "TERM"), (SIGUSR1, "USR1"), (SIGUSR2, "USR2"),
        (SIGCONT, "CONT"), (SIGTSTP, "TSTP"),
    ]

    /// The names of these signals as they come, until the stream is let go.
    static func stream(_ signals: [(number: Int32, name: String)]) -> AsyncStream<String> {
        AsyncStream(bufferingPolicy: .bufferingNewest(64)) { continuation in
            let queue = DispatchQueue(label: "drydock.signals")
            let sources = signals.map { number, name in
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
                source.setEventHandler { continuation.yield(name) }
                source.resume()
                return Handle(source: source, number: number)
            }
            continuation.onTermination = { _ in for source in sources { source.cancel() } }
        }
    }

    /// A source that gives its signal the default effect back when it is let go.
    private final class Handle: @unchecked Sendable {
        // Dispatch sources may be cancelled from any thread; the class exists to say so to the compiler.
        private let source: any DispatchSourceSignal
        private let number: Int32

        init(source: any DispatchSourceSignal, number: Int32) {
            self.source = source
            self.number = number
        }

        func cancel() {
            source.cancel()
            signal(number, SIG_DFL)
        }
    }
}
