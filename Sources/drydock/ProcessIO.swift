import Dispatch
import DockerCommand
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The streams, terminal and signals of this process, for docker's verbs.
enum ProcessIO {
    static func make() -> CommandIO {
        let terminal = TerminalMode()
        return CommandIO(
            readInput: { try await InputReader.shared.next() },
            writeOutput: { Console.write($0, STDOUT_FILENO) },
            writeError: { Console.write($0, STDERR_FILENO) },
            isStdinTTY: isatty(STDIN_FILENO) == 1,
            isStdoutTTY: isatty(STDOUT_FILENO) == 1,
            windowSize: { size() },
            windowChanges: { events(of: [SIGWINCH]) { _ in size() } },
            signals: { events(of: Array(names.keys)) { names[$0] } },
            setRawMode: { terminal.setRaw($0) },
            currentDirectory: FileManager.default.currentDirectoryPath,
            environment: ProcessInfo.processInfo.environment)
    }

    private static let names = [
        SIGINT: "INT", SIGTERM: "TERM", SIGHUP: "HUP", SIGQUIT: "QUIT", SIGUSR1: "USR1", SIGUSR2: "USR2",
    ]

    private static func size() -> WindowSize? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return WindowSize(rows: Int(size.ws_row), columns: Int(size.ws_col))
    }

    /// A stream of what signals stand for; they no longer end the process while somebody listens.
    private static func events<Value: Sendable>(
        of numbers: [Int32], _ value: @escaping @Sendable (Int32) -> Value?
    ) -> AsyncStream<Value> {
        AsyncStream { continuation in
            let sources = SignalSources(numbers: numbers) { number in
                if let value = value(number) { continuation.yield(value) }
            }
            continuation.onTermination = { _ in sources.cancel() }
        }
    }
}

/// Signal handlers that live as long as somebody listens.
private final class SignalSources: @unchecked Sendable {
    // Dispatch sources may be used from any thread, which their type does not say on every platform.
    private let sources: [any DispatchSourceSignal]

    init(numbers: [Int32], _ handle: @escaping @Sendable (Int32) -> Void) {
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { handle(number) }
            source.resume()
            return source
        }
    }

    func cancel() {
        for source in sources { source.cancel() }
    }
}

/// Raw mode of the terminal on standard input, and the way back.
private final class TerminalMode: Sendable {
    private let saved = Mutex<termios?>(nil)

    func setRaw(_ raw: Bool) {
        saved.withLock { saved in
            if raw, saved == nil {
                var mode = termios()
                guard tcgetattr(STDIN_FILENO, &mode) == 0 else { return }
                saved = mode
                cfmakeraw(&mode)
                tcsetattr(STDIN_FILENO, TCSANOW, &mode)
            } else if !raw, var mode = saved {
                tcsetattr(STDIN_FILENO, TCSANOW, &mode)
                saved = nil
            }
        }
    }
}

/// Reads standard input on a thread of its own, one piece at each request, so that nothing is read before it is wanted.
private final class InputReader: Sendable {
    static let shared = InputReader()
    private let queue = DispatchQueue(label: "drydock.stdin")

    func next() async throws -> [UInt8]? {
        await withCheckedContinuation { continuation in
            queue.async {
                var buffer = [UInt8](repeating: 0, count: 32768)
                while true {
                    let count = buffer.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
                    if count < 0, errno == EINTR { continue }
                    continuation.resume(returning: count > 0 ? Array(buffer[..<count]) : nil)
                    return
                }
            }
        }
    }
}
