import NIOCore

/// Runs tasks on an event loop, where what they send and what they wait for costs no turn of another thread.
///
/// Only for tasks that never block: nothing else happens on the loop meanwhile.
public final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    /// An executor for that loop; a loop may have any number.
    public init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// See `TaskExecutor`.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
