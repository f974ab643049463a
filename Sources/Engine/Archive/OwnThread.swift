import Glibc
import LinuxKernel
import Synchronization

/// A thread for work that changes what the thread itself sees: its mount namespace, its working directory.
enum OwnThread {
    /// Runs `body` on a new thread and waits for its end.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws(SystemError) -> Value) throws(SystemError)
        -> Value
    {
        let outcome = Outcome<Value>()
        let work = Unmanaged.passRetained(
            Work {
                let result = Result(catching: body)
                outcome.result.withLock { $0 = result }
            })
        var thread = pthread_t()
        let answer = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        guard answer == 0 else {
            work.release()
            throw SystemError(action: "start a thread", errno: answer)
        }
        pthread_join(thread, nil)
        guard let result = outcome.result.withLock({ $0 }) else {
            throw SystemError(action: "run a thread", errno: ECANCELED)
        }
        return try result.get()
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private final class Outcome<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, SystemError>?>(nil)
    }
}
