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
    /// Does the work and answers the exit code. Cancelled at the first Ctrl-C.
    func execute() async throws -> Int32
    /// The exit code of a fault of the command itself.
    var faultCode: Int32 { get }
    /// What is said at the first Ctrl-C, possibly nothing; `nil` ends the process at once.
    var interruption: String? { get }
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
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            let seen = Atomic<Int>(0)
            source.setEventHandler {
                guard let words = command.interruption, seen.add(1, ordering: .relaxed).newValue == 1 else {
                    exit(command.interruption == nil ? 128 + number : command.faultCode)
                }
                complain(words)
                work.cancel()
            }
            source.resume()
            return source
        }
        // A reader that has gone away is an error of the write, not the end of a run that has to clean up.
        signal(SIGPIPE, SIG_IGN)
        done.wait()
        for source in sources { source.cancel() }
        return code.withLock { $0 }
    }

    /// Says something on standard error, after the program's name.
    static func complain(_ text: String) {
        for line in text.split(separator: "\n") { Console.error("drydock: \(line)\n") }
    }
}
