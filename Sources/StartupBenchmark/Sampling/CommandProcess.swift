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
        /// CLOCK_MONOTONIC in nanoseconds.
        var began: UInt64
        var ended: UInt64
        /// The first 64 KiB of each stream.
        var output: String
        var errorText: String

        var milliseconds: Double { MonotonicClock.milliseconds(from: began, to: ended) }
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
        var (output, errors): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        guard pipe(&output) == 0, pipe(&errors) == 0 else { throw BenchmarkFault("cannot make a pipe: \(text(errno))") }
        defer { for descriptor in [output[0], errors[0]] { close(descriptor) } }
        for descriptor in output + errors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        posix_spawn_file_actions_adddup2(&actions, errors[1], 2)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid = pid_t()
        let began = MonotonicClock.nanoseconds()
        let answer = posix_spawnp(&pid, words[0], &actions, nil, &arguments, environ)
        close(output[1])
        close(errors[1])
        guard answer == 0 else { throw BenchmarkFault("cannot start \(words[0]): \(text(answer))") }
        let texts = drain([output[0], errors[0]], pid: pid, deadline: deadline)
        var status: Int32 = 0
        while wait4(pid, &status, 0, nil) < 0, errno == EINTR {}
        let ended = MonotonicClock.nanoseconds()
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        return Result(
            code: code, began: began, ended: ended, output: texts[0], errorText: texts[1])
    }

    /// Reads both to their ends, a little of each; kills the program where that takes too long.
    private static func drain(_ descriptors: [Int32], pid: pid_t, deadline: Duration) -> [String] {
        var texts: [[UInt8]] = [[], []]
        var buffer = [UInt8](repeating: 0, count: 4096)
        let end = ContinuousClock.now + deadline
        var open: Set<Int> = [0, 1]
        while !open.isEmpty {
            let left = end - ContinuousClock.now
            guard left > .zero else {
                kill(pid, SIGKILL)
                break
            }
            // A negative descriptor is passed over (poll(2)).
            var ready = descriptors.enumerated().map { index, descriptor in
                pollfd(fd: open.contains(index) ? descriptor : -1, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&ready, nfds_t(ready.count), Int32(left.components.seconds + 1) * 1000) > 0 else { continue }
            for index in open where ready[index].revents != 0 {
                let count = read(descriptors[index], &buffer, buffer.count)
                if count <= 0 { open.remove(index) }
                if count > 0, texts[index].count < 65536 { texts[index] += buffer[..<count] }
            }
        }
        return texts.map { String(decoding: $0, as: UTF8.self) }
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
