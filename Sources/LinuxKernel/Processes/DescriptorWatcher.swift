import CLinux
import Glibc
import Synchronization

/// What is waited for.
public enum Readiness: Sendable, Hashable {
    /// Input, the end of a process (pidfd), or end of file.
    case readable
    /// Urgent news, which is how the kernel tells that a control file such as `cgroup.events` changed (poll(2) POLLPRI).
    case urgent
}

/// One thread that waits for any number of descriptors (epoll(7)), so that no thread of the concurrency pool does.
public final class DescriptorWatcher: Sendable {
    /// A descriptor being watched; see ``DescriptorWatcher/watch(_:_:_:)``.
    public final class Watch: Sendable {
        fileprivate let tag: UInt64
        fileprivate let descriptor: FileDescriptor
        fileprivate let readiness: Readiness
        fileprivate let body: @Sendable () -> Void
        private let loop: WatchLoop

        fileprivate init(
            tag: UInt64, descriptor: FileDescriptor, readiness: Readiness, loop: WatchLoop,
            body: @escaping @Sendable () -> Void
        ) {
            self.tag = tag
            self.descriptor = descriptor
            self.readiness = readiness
            self.loop = loop
            self.body = body
        }

        /// Watches again after a call.
        public func rearm() throws(SystemError) {
            let answer = clinux_epoll_rearm(loop.epoll.number, descriptor.number, readiness == .urgent ? 1 : 0, tag)
            try SystemCall.check(answer, "watch descriptor \(descriptor.number) again")
        }

        /// Ends it; a call that is under way may still come.
        public func cancel() { loop.forget(self) }
    }

    private let loop: WatchLoop

    /// Starts the thread.
    public init() throws(SystemError) {
        loop = try WatchLoop()
        try loop.start()
    }

    deinit { loop.stop() }

    /// Calls `body` on the watcher's thread when the descriptor becomes ready, once; ``Watch/rearm()`` makes it once more.
    ///
    /// `body` must not block. The descriptor is kept open until ``Watch/cancel()``. One descriptor can be watched once at
    /// a time (EEXIST).
    public func watch(
        _ descriptor: FileDescriptor, _ readiness: Readiness = .readable, _ body: @escaping @Sendable () -> Void
    ) throws(SystemError) -> Watch {
        let watch = Watch(
            tag: loop.nextTag(), descriptor: descriptor, readiness: readiness, loop: loop, body: body)
        try loop.add(watch)
        return watch
    }

    /// Waits until the descriptor is ready.
    ///
    /// - Returns: whether it became ready before the time was up.
    /// - Throws: `CancellationError` where the task was cancelled, `SystemError` where the descriptor cannot be watched.
    public func wait(for descriptor: FileDescriptor, _ readiness: Readiness = .readable, timeout: Duration? = nil)
        async throws -> Bool
    {
        let waiting = Waiting()
        let watch = try watch(descriptor, readiness) { waiting.end(.success(true)) }
        defer { watch.cancel() }
        let deadline = timeout.map { ContinuousClock.now.advanced(by: $0) }
        if let deadline { loop.at(deadline, watch.tag) { waiting.end(.success(false)) } }
        defer { loop.forgetDeadline(watch.tag) }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiting.begin($0) }
        } onCancel: {
            waiting.end(.failure(CancellationError()))
        }
    }
}

/// One waiting task: whoever ends it first wins, also before it began.
private final class Waiting: Sendable {
    private enum State {
        case fresh
        case waiting(CheckedContinuation<Bool, any Error>)
        case ended(Result<Bool, any Error>)
    }
    private let state = Mutex(State.fresh)

    func begin(_ continuation: CheckedContinuation<Bool, any Error>) {
        let result = state.withLock { state -> Result<Bool, any Error>? in
            if case .ended(let result) = state { return result }
            state = .waiting(continuation)
            return nil
        }
        if let result { continuation.resume(with: result) }
    }

    func end(_ result: Result<Bool, any Error>) {
        let waiter = state.withLock { state -> CheckedContinuation<Bool, any Error>? in
            switch state {
            case .ended: return nil
            case .fresh:
                state = .ended(result)
                return nil
            case .waiting(let continuation):
                state = .ended(result)
                return continuation
            }
        }
        waiter?.resume(with: result)
    }
}

/// What the thread and its users share.
private final class WatchLoop: Sendable {
    private struct State {
        var watches: [UInt64: DescriptorWatcher.Watch] = [:]
        var deadlines: [UInt64: (at: ContinuousClock.Instant, body: @Sendable () -> Void)] = [:]
        var lastTag: UInt64 = 0
        var stopped = false
    }

    let epoll: FileDescriptor
    /// Wakes the thread when a deadline was added or the end has come; its tag is 0.
    private let alarm: FileDescriptor
    private let state = Mutex(State())

    init() throws(SystemError) {
        epoll = FileDescriptor(try SystemCall.check(clinux_epoll_create(), "make an epoll instance"))
        alarm = FileDescriptor(try SystemCall.check(clinux_eventfd(), "make an eventfd"))
        try SystemCall.check(clinux_epoll_add(epoll.number, alarm.number, 0, 0), "watch an eventfd")
    }

    func nextTag() -> UInt64 {
        state.withLock { state in
            state.lastTag += 1
            return state.lastTag
        }
    }

    func add(_ watch: DescriptorWatcher.Watch) throws(SystemError) {
        // Known before it can fire.
        state.withLock { $0.watches[watch.tag] = watch }
        let number = watch.descriptor.number
        let answer = clinux_epoll_add(epoll.number, number, watch.readiness == .urgent ? 1 : 0, watch.tag)
        if answer < 0 { state.withLock { _ = $0.watches.removeValue(forKey: watch.tag) } }
        try SystemCall.check(answer, "watch descriptor \(number)")
    }

    func forget(_ watch: DescriptorWatcher.Watch) {
        let known = state.withLock { $0.watches.removeValue(forKey: watch.tag) != nil }
        // Only the one who took it out of the table removes it, or a later watch of the same number would suffer.
        if known { clinux_epoll_remove(epoll.number, watch.descriptor.number) }
    }

    func at(_ deadline: ContinuousClock.Instant, _ tag: UInt64, _ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.deadlines[tag] = (deadline, body) }
        wake()
    }

    func forgetDeadline(_ tag: UInt64) { state.withLock { _ = $0.deadlines.removeValue(forKey: tag) } }

    func stop() {
        state.withLock { $0.stopped = true }
        wake()
    }

    private func wake() {
        var one: UInt64 = 1
        clinux_write(alarm.number, &one, 8)
    }

    func start() throws(SystemError) {
        var thread = pthread_t()
        let loop = Unmanaged.passRetained(self)
        let answer = pthread_create(&thread, nil, runWatchLoop, loop.toOpaque())
        guard answer == 0 else {
            loop.release()
            throw SystemError(action: "start a thread", errno: answer)
        }
        pthread_detach(thread)
    }

    func run() {
        var tags = [UInt64](repeating: 0, count: 64)
        while true {
            let (stopped, timeout, due) = look()
            for body in due { body() }
            if stopped { return }
            let count = clinux_epoll_wait(epoll.number, &tags, Int32(tags.count), due.isEmpty ? timeout : 0)
            for tag in tags.prefix(Int(max(0, count))) { fire(tag) }
        }
    }

    private func fire(_ tag: UInt64) {
        guard tag != 0 else {
            var count: UInt64 = 0
            clinux_read(alarm.number, &count, 8)
            clinux_epoll_rearm(epoll.number, alarm.number, 0, 0)
            return
        }
        state.withLock { $0.watches[tag] }?.body()
    }

    /// Takes the deadlines that have passed and the time to the next one, in milliseconds, rounded up.
    private func look() -> (stopped: Bool, timeout: Int32, due: [@Sendable () -> Void]) {
        let now = ContinuousClock.now
        return state.withLock { state in
            guard !state.deadlines.isEmpty else { return (state.stopped, -1, []) }
            let passed = state.deadlines.filter { $0.value.at <= now }
            for tag in passed.keys { state.deadlines.removeValue(forKey: tag) }
            guard let next = state.deadlines.values.map(\.at).min() else {
                return (state.stopped, -1, passed.values.map(\.body))
            }
            let milliseconds = (next - now) / .milliseconds(1)
            return (state.stopped, Int32(min(milliseconds.rounded(.up), 1e9)), passed.values.map(\.body))
        }
    }
}

private func runWatchLoop(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<WatchLoop>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
