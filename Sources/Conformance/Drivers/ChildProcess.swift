import Dispatch
import DockerCommand
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A program started with posix_spawn(3), its streams pipes or a terminal of its own.
final class ChildProcess: Sendable {
    /// How to start it.
    struct Options: Sendable {
        var executable: String
        /// The words after the program's name.
        var arguments: [String]
        var environment: [String: String]
        var directory: String
        /// `nil` for pipes.
        var terminal: WindowSize?
        /// Whether standard input can be written to; otherwise it is /dev/null.
        var hasInput: Bool
    }

    private struct State {
        var pid: pid_t
        var isReaped = false
        var input: Int32?
    }

    let tape: OutputTape
    private let state: Mutex<State>
    private let isTerminal: Bool

    /// Starts the program; its output goes to the tape, which ends when the program has ended and its output is read.
    ///
    /// - Throws: `SystemError` where it cannot be started.
    init(_ options: Options, tape: OutputTape) throws(SystemError) {
        self.tape = tape
        isTerminal = options.terminal != nil
        let (streams, pid) = try ChildStreams.spawning.withLock { _ throws(SystemError) in try Self.spawn(options) }
        state = Mutex(State(pid: pid, input: streams.input))
        let group = DispatchGroup()
        Self.read(streams.output, group, label: "output") { tape.appendOutput($0) }
        if let error = streams.error { Self.read(error, group, label: "error") { tape.appendError($0) } }
        group.enter()
        DispatchQueue(label: "drydock.child.wait").async { [self] in
            let code = reap()
            group.leave()
            group.notify(queue: .global()) { [self] in
                closeInput()
                tape.end(.exited(code))
            }
        }
    }

    private static func spawn(_ options: Options) throws(SystemError) -> (ChildStreams, pid_t) {
        let streams = try ChildStreams(terminal: options.terminal, hasInput: options.hasInput)
        do {
            let pid = try streams.spawn(options)
            streams.closeChildEnds()
            return (streams, pid)
        } catch {
            streams.closeAll()
            throw error
        }
    }

    /// Writes to standard input or the terminal, outside the cooperative threads because a full pipe blocks.
    func write(_ bytes: [UInt8]) async throws {
        guard let descriptor = state.withLock({ $0.input }) else { return }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue(label: "drydock.child.write").async {
                continuation.resume(
                    with: Self.outcome { () throws(SystemError) in
                        try FileStream(descriptor: descriptor, owned: false).write(bytes)
                    })
            }
        }
    }

    /// A program that has stopped reading is no error here: it is judged by what it writes and how it ends.
    private static func outcome(_ write: () throws(SystemError) -> Void) -> Result<Void, any Error> {
        do {
            try write()
            return .success(())
        } catch {
            return [EPIPE, EBADF, EIO].contains(error.code) ? .success(()) : .failure(error)
        }
    }

    /// Ends standard input. A terminal stays open, since its closing would hang up the program.
    func closeInput() {
        guard !isTerminal else { return }
        let descriptor = state.withLock { state in
            defer { state.input = nil }
            return state.input
        }
        if let descriptor { close(descriptor) }
    }

    func resize(_ size: WindowSize) throws(SystemError) {
        guard isTerminal, let descriptor = state.withLock({ $0.input }) else { return }
        try size.apply(to: descriptor)
    }

    /// Sends a signal, unless the program has ended: its number may belong to another one by then.
    func signal(_ number: Int32) {
        state.withLock { state in
            if !state.isReaped { kill(state.pid, number) }
        }
    }

    private func reap() -> Int32 {
        let pid = state.withLock { $0.pid }
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return state.withLock { state in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            state.isReaped = true
            return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        }
    }

    private static func read(
        _ descriptor: Int32, _ group: DispatchGroup, label: String, _ take: @escaping @Sendable ([UInt8]) -> Void
    ) {
        group.enter()
        DispatchQueue(label: "drydock.child.\(label)").async {
            var buffer = [UInt8](repeating: 0, count: 65536)
            while true {
                let count = systemRead(descriptor, &buffer)
                if count < 0, errno == EINTR { continue }
                // EIO is how a terminal says that its last user is gone.
                if count <= 0 { break }
                take(Array(buffer[..<count]))
            }
            close(descriptor)
            group.leave()
        }
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
    buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
}
