#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Runs a program and measures it from its start to its end.
enum CommandProcess {
    struct Result: Sendable {
        var code: Int32
        var milliseconds: Double
        var errorText: String
    }

    /// - Parameter words: the program's path and its arguments.
    static func run(_ words: [String], deadline: Duration) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            // wait4(2) blocks, and so must not do it on a thread of the concurrency pool.
            let thread = DetachedThread {
                continuation.resume(with: Swift.Result { try runBlocking(words, deadline: deadline) })
            }
            thread.start()
        }
    }

    private static func runBlocking(_ words: [String], deadline: Duration) throws -> Result {
        var pipe: [Int32] = [0, 0]
        guard Glibc.pipe(&pipe) == 0 else { throw BenchmarkFault("cannot make a pipe: \(text(errno))") }
        defer { close(pipe[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pipe[1], 2)
        posix_spawn_file_actions_addclose(&actions, pipe[0])
        posix_spawn_file_actions_addclose(&actions, pipe[1])
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid = pid_t()
        let began = MonotonicClock.nanoseconds()
        let answer = posix_spawnp(&pid, words[0], &actions, nil, &arguments, environ)
        close(pipe[1])
        guard answer == 0 else { throw BenchmarkFault("cannot start \(words[0]): \(text(answer))") }
        let errorText = drain(pipe[0], pid: pid, deadline: deadline)
        var status: Int32 = 0
        while wait4(pid, &status, 0, nil) < 0, errno == EINTR {}
        let ended = MonotonicClock.nanoseconds()
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        return Result(
            code: code, milliseconds: MonotonicClock.milliseconds(from: began, to: ended), errorText: errorText)
    }

    /// Reads standard error up to its end; kills the program where that takes too long.
    private static func drain(_ descriptor: Int32, pid: pid_t, deadline: Duration) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        let end = ContinuousClock.now + deadline
        while true {
            let left = end - ContinuousClock.now
            guard left > .zero else {
                kill(pid, SIGKILL)
                break
            }
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, Int32(left.components.seconds + 1) * 1000) > 0 else { continue }
            let count = read(descriptor, &buffer, buffer.count)
            if count <= 0 { break }
            if bytes.count < 4096 { bytes += buffer[..<count] }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func text(_ number: Int32) -> String { String(cString: strerror(number)) }
}

/// A thread that runs one body and ends.
private struct DetachedThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func start() {
        let box = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let answer = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, box.toOpaque())
        guard answer == 0 else {
            // Without a thread the work is done here, once: better late than never.
            box.takeRetainedValue().run()
            return
        }
        pthread_detach(thread)
    }
}
