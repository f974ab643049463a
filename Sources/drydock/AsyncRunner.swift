import ArgumentParser
import Conformance
import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A command whose work suspends.
protocol AsyncRunnable: Sendable {
    /// What has to be done while there is no thread but the main one.
    func prepare()
    /// Does the work and answers the exit code. Cancelled at the first Ctrl-C.
    func execute() async throws -> Int32
    /// The exit code of a fault of the command itself.
    var faultCode: Int32 { get }
    /// What Ctrl-C and SIGTERM do.
    var interruption: Interruption { get }
}

extension AsyncRunnable {
    func prepare() {}
}

/// What Ctrl-C and SIGTERM do to a command.
enum Interruption: Sendable {
    /// They end the process at once.
    case exit
    /// The first cancels the work after saying something, possibly nothing; the second ends the process.
    case cancel(saying: String)
    /// The command takes them itself, as docker's verbs do to pass them on to a container.
    case own
}

/// A fault to show as `drydock: SENTENCE`.
struct Fault: Error, CustomStringConvertible {
    let description: String
}

func exitProcess(_ code: Int32) -> Never { exit(code) }

/// Runs a command on the concurrency pool while the main thread waits for it or for a signal.
///
/// The main thread stays synchronous because an async main costs milliseconds in a static executable.
enum AsyncRunner {
    static func run(_ command: any AsyncRunnable) -> Int32 {
        let done = DispatchSemaphore(value: 0)
        let code = Mutex<Int32>(command.faultCode)
        command.prepare()
        let work = Task {
            let outcome: Int32
            do {
                outcome = try await command.execute()
            } catch {
                complain("\(error)")
                outcome = command.faultCode
            }
            code.withLock { $0 = outcome }
            done.signal()
        }
        let sources = handlers(command.interruption, faultCode: command.faultCode) { work.cancel() }
        // A reader that has gone away is an error of the write, not the end of a run that has to clean up.
        signal(SIGPIPE, SIG_IGN)
        done.wait()
        for source in sources { source.cancel() }
        return code.withLock { $0 }
    }

    private static func handlers(
        _ interruption: Interruption, faultCode: Int32, cancel: @escaping @Sendable () -> Void
    ) -> [any DispatchSourceSignal] {
        if case .own = interruption { return [] }
        return [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            let seen = Atomic<Int>(0)
            source.setEventHandler {
                guard case .cancel(let words) = interruption else { exit(128 + number) }
                guard seen.add(1, ordering: .relaxed).newValue == 1 else { exit(faultCode) }
                complain(words)
                cancel()
            }
            source.resume()
            return source
        }
    }

    /// Says something on standard error, after the program's name.
    static func complain(_ text: String) {
        for line in text.split(separator: "\n") { Console.error("drydock: \(line)\n") }
    }
}
