import CLinux
import Glibc

/// A thread of its own that may block and that sits in a chosen network namespace; actors run on it.
///
///     actor Worker {
///         nonisolated let thread: NamespaceThread
///         nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
///     }
///
/// The thread ends when the object goes.
public final class NamespaceThread: SerialExecutor {
    private let queue = JobQueue()

    /// Starts the thread and moves it.
    ///
    /// - Parameters:
    ///   - name: what `ps -L` shows, at most 15 bytes.
    ///   - namespace: where it goes; `nil` leaves it in the process's own.
    public init(name: String, namespace: FileDescriptor?) throws(SystemError) {
        try DedicatedThread.start(name: name) { [queue] in queue.run() }
        guard let namespace else { return }
        if let refusal = queue.enter(namespace) {
            queue.stop()
            throw refusal
        }
    }

    deinit { queue.stop() }

    /// Puts a job at the end of the line.
    public func enqueue(_ job: consuming ExecutorJob) {
        queue.add(UnownedJob(job), for: asUnownedSerialExecutor())
    }

    /// This thread as an actor's executor.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}

/// Threads outside of Swift's pool, for work that blocks.
public enum DedicatedThread {
    private final class Body {
        let name: String
        let run: @Sendable () -> Void
        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Starts a detached thread that ends with `body`.
    public static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let context = Unmanaged.passRetained(Body(name: name, run: body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let body = Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
                // A thread without its name works as well.
                _ = clinux_name_thread(body.name)
                body.run()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            throw SystemError(action: "start the thread \(name)", errno: code)
        }
        pthread_detach(thread)
    }
}

/// Jobs in the order they came. `@unchecked`: the lock guards every field.
private final class JobQueue: @unchecked Sendable {
    private enum Job {
        case run(UnownedJob, UnownedSerialExecutor)
        case enter(FileDescriptor)
    }

    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [Job] = []
    private var isStopped = false
    private var entered: Result<Void, SystemError>?

    init() {
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    func add(_ job: UnownedJob, for executor: UnownedSerialExecutor) { locked { jobs.append(.run(job, executor)) } }

    func stop() { locked { isStopped = true } }

    /// Moves the thread and waits until it has moved; answers why it could not.
    func enter(_ namespace: FileDescriptor) -> SystemError? {
        locked { jobs.append(.enter(namespace)) }
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while true {
            switch entered {
            case nil: pthread_cond_wait(changed, lock)
            case .success: return nil
            case .failure(let refusal): return refusal
            }
        }
    }

    func run() {
        while true {
            pthread_mutex_lock(lock)
            while jobs.isEmpty && !isStopped { pthread_cond_wait(changed, lock) }
            let batch = jobs
            jobs.removeAll(keepingCapacity: true)
            pthread_mutex_unlock(lock)
            guard !batch.isEmpty else { return }
            for job in batch {
                switch job {
                case .run(let job, let executor): job.runSynchronously(on: executor)
                case .enter(let namespace):
                    let outcome = Result { () throws(SystemError) in try NetworkNamespace.enter(namespace) }
                    locked { entered = outcome }
                }
            }
        }
    }

    private func locked(_ change: () -> Void) {
        pthread_mutex_lock(lock)
        change()
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(lock)
    }
}
