import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A program on PATH that is given a line and answers on standard output; its standard error is the user's.
struct HelperProcess: Sendable {
    private static let deadlineSeconds = 120
    private static let maximumOutputBytes = 1 << 20

    let name: String
    let arguments: [String]
    let environment: [String: String]

    struct Answer: Sendable {
        var exitCode: Int32
        var output: String
    }

    /// Runs it to its end, on a thread of its own.
    func run(input: String) async throws(CommandFailure) -> Answer {
        let result: Result<Answer, CommandFailure> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: runBlocking(input)) }
        }
        return try result.get()
    }

    private func runBlocking(_ input: String) -> Result<Answer, CommandFailure> {
        var down: [Int32] = [-1, -1], up: [Int32] = [-1, -1]
        guard pipe(&down) == 0 else { return .failure(failure("pipe", errno)) }
        guard pipe(&up) == 0 else {
            let reason = errno
            for descriptor in down { close(descriptor) }
            return .failure(failure("pipe", reason))
        }
        for descriptor in down + up { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var child: pid_t = 0
        let spawned = spawn(&child, standardInput: down[0], standardOutput: up[1])
        close(down[0])
        close(up[1])
        defer { close(up[0]) }
        guard spawned == 0 else {
            close(down[1])
            let reason = spawned == ENOENT ? "it is not on PATH" : FileStream.Handle.reason(spawned)
            return .failure(CommandFailure("\(name) cannot be run: \(reason)"))
        }
        // A server's name fits into any pipe, so this cannot block.
        _ = Array(input.utf8).withUnsafeBytes { write(down[1], $0.baseAddress, $0.count) }
        close(down[1])
        let output = readAnswer(up[0])
        if output == nil { kill(child, SIGKILL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard let output else {
            return .failure(
                CommandFailure("\(name) did not answer within \(Self.deadlineSeconds) s, or answered too much"))
        }
        let signal = status & 0x7f
        return .success(Answer(exitCode: signal == 0 ? status >> 8 & 0xff : 128 + signal, output: output))
    }

    private func spawn(_ child: inout pid_t, standardInput: Int32, standardOutput: Int32) -> Int32 {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, standardInput, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, standardOutput, STDOUT_FILENO)
        var words: [UnsafeMutablePointer<CChar>?] = ([name] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in words + variables { free(pointer) } }
        // The child's own PATH is searched, which need not be this process's.
        for folder in (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":") {
            let path = "\(folder)/\(name)"
            guard access(path, X_OK) == 0 else { continue }
            return posix_spawn(&child, path, &actions, nil, &words, &variables)
        }
        return ENOENT
    }

    /// Everything up to the end; `nil` where the deadline passed or it was too much.
    private func readAnswer(_ descriptor: Int32) -> String? {
        let end = DispatchTime.now() + .seconds(Self.deadlineSeconds)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let now = DispatchTime.now()
            guard now < end, bytes.count <= Self.maximumOutputBytes else { return nil }
            let left = (end.uptimeNanoseconds - now.uptimeNanoseconds) / 1_000_000 + 1
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&poller, 1, Int32(clamping: left)) > 0 else { continue }
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    private func failure(_ call: String, _ code: Int32) -> CommandFailure {
        CommandFailure("\(name) cannot be run: \(call): \(FileStream.Handle.reason(code))")
    }
}
