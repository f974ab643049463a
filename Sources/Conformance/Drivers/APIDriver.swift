import DockerClient
import DockerCommand
import Synchronization

/// Carries out commands in this process: `DockerCommand` over `DockerClient`, with streams and a terminal in memory.
struct APIDriver: CommandDriver {
    let client: DockerClient
    let environment: [String: String]
    let reportsReadiness = true

    func start(_ launch: CommandLaunch) throws -> any RunningCommand {
        InMemoryCommand(launch: launch, client: client, environment: environment)
    }
}

private final class InMemoryCommand: RunningCommand {
    let tape = OutputTape()
    private let terminal: EmulatedTerminal?
    private let input = ByteQueue()
    private let signals = Broadcast<String>()
    private let sizes = Broadcast<WindowSize>()
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(launch: CommandLaunch, client: DockerClient, environment: [String: String]) {
        let tape = self.tape
        let input = self.input
        terminal =
            launch.terminal
            ? EmulatedTerminal(
                size: CommandEnvironment.size, input: input, tape: tape,
                interrupt: { [signals] name in
                    Self.deliver(name, to: signals, tape: tape)
                })
            : nil
        switch launch.input {
        case .none: input.finish()
        case .bytes(let bytes):
            input.append(bytes)
            input.finish()
        case .typed: break
        }
        let io = Self.io(
            tape: tape, input: input, terminal: terminal, signals: signals, sizes: sizes, launch: launch,
            environment: environment)
        let work = Task {
            do {
                let invocation = try DockerInvocation.parse(launch.arguments)
                tape.end(.exited(try await invocation.run(client: client, io: io)))
            } catch let error as UsageError {
                tape.appendError(Array((error.message + "\n").utf8))
                tape.end(.exited(error.exitCode))
            } catch {
                tape.end(.failed(error))
            }
        }
        task.withLock { $0 = work }
    }

    private static func io(
        tape: OutputTape, input: ByteQueue, terminal: EmulatedTerminal?, signals: Broadcast<String>,
        sizes: Broadcast<WindowSize>, launch: CommandLaunch, environment: [String: String]
    ) -> CommandIO {
        CommandIO(
            readInput: { try await input.next() },
            writeOutput: { tape.appendOutput($0) },
            writeError: { bytes in terminal == nil ? tape.appendError(bytes) : tape.appendOutput(bytes) },
            isStdinTTY: terminal != nil,
            isStdoutTTY: terminal != nil,
            windowSize: { terminal?.size },
            windowChanges: { sizes.stream() },
            signals: { signals.stream() },
            setRawMode: { terminal?.setRaw($0) },
            onReady: { tape.markReady() },
            currentDirectory: launch.directory,
            environment: environment)
    }

    func type(_ bytes: [UInt8]) {
        if let terminal { terminal.type(bytes) } else { input.append(bytes) }
    }

    func closeInput() { input.finish() }

    func signal(_ name: String) {
        Self.deliver(name, to: signals, tape: tape)
        if tape.content.ending != nil { terminate() }
    }

    /// A signal that no part of the command listens for does to it what it does to docker's process: it ends, with 128
    /// and the signal's number.
    private static func deliver(_ name: String, to signals: Broadcast<String>, tape: OutputTape) {
        if name != "KILL", signals.send(name) { return }
        let numbers: [String: Int32] = ["HUP": 1, "INT": 2, "QUIT": 3, "KILL": 9, "TERM": 15]
        if let number = numbers[name] { tape.end(.exited(128 + number)) }
    }

    func resize(_ size: WindowSize) {
        terminal?.resize(size)
        sizes.send(size)
    }

    func terminate() {
        input.finish()
        task.withLock { $0 }?.cancel()
    }
}

/// Values to whoever listens at the time.
private final class Broadcast<Value: Sendable>: Sendable {
    private let listeners = Mutex<[AsyncStream<Value>.Continuation]>([])

    /// A stream of what is sent from now on.
    func stream() -> AsyncStream<Value> {
        let (stream, continuation) = AsyncStream.makeStream(of: Value.self)
        listeners.withLock { $0.append(continuation) }
        return stream
    }

    /// Sends to all, and answers whether there was anybody.
    @discardableResult
    func send(_ value: Value) -> Bool {
        listeners.withLock { listeners in
            listeners.removeAll { if case .terminated = $0.yield(value) { true } else { false } }
            return !listeners.isEmpty
        }
    }
}

/// Bytes on their way from a writer to the one reader; `finish` is the end of input.
final class ByteQueue: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var ended = false
        var reader: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func append(_ bytes: [UInt8]) { update { $0.bytes += bytes } }
    func finish() { update { $0.ended = true } }

    /// All bytes that have come, waiting for some; `nil` at the end.
    ///
    /// - Throws: `CancellationError`.
    func next() async throws -> [UInt8]? {
        while true {
            try Task.checkCancellation()
            let taken: [UInt8]?? = state.withLock { state in
                if !state.bytes.isEmpty {
                    defer { state.bytes = [] }
                    return .some(state.bytes)
                }
                return state.ended ? .some(nil) : .none
            }
            if let taken { return taken }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let ready = state.withLock { state in
                        if !state.bytes.isEmpty || state.ended || Task.isCancelled { return true }
                        state.reader = continuation
                        return false
                    }
                    if ready { continuation.resume() }
                }
            } onCancel: {
                update { _ in }
            }
        }
    }

    private func update(_ change: (inout State) -> Void) {
        let reader = state.withLock { state in
            change(&state)
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }
}

/// The line discipline of a terminal (termios(3)) as far as commands notice it: echo, whole lines and signals while it
/// is cooked, every byte as it is typed while it is raw.
private final class EmulatedTerminal: Sendable {
    private struct State {
        var size: WindowSize
        var raw = false
        var line: [UInt8] = []
    }

    private let state: Mutex<State>
    private let input: ByteQueue
    private let tape: OutputTape
    private let interrupt: @Sendable (String) -> Void

    init(size: WindowSize, input: ByteQueue, tape: OutputTape, interrupt: @escaping @Sendable (String) -> Void) {
        state = Mutex(State(size: size))
        self.input = input
        self.tape = tape
        self.interrupt = interrupt
    }

    var size: WindowSize { state.withLock { $0.size } }
    func resize(_ size: WindowSize) { state.withLock { $0.size = size } }
    func setRaw(_ raw: Bool) { state.withLock { $0.raw = raw } }

    func type(_ bytes: [UInt8]) {
        if state.withLock({ $0.raw }) {
            input.append(bytes)
            return
        }
        for byte in bytes {
            switch byte {
            case 0x03: interrupt("INT")
            case 0x1C: interrupt("QUIT")
            case 0x04: endOfFile()
            default: cooked(byte)
            }
        }
    }

    private func endOfFile() {
        let line = state.withLock { state in
            defer { state.line = [] }
            return state.line
        }
        if line.isEmpty { input.finish() } else { input.append(line) }
    }

    private func cooked(_ byte: UInt8) {
        tape.appendOutput(byte == 0x0A ? [0x0D, 0x0A] : [byte])
        let line: [UInt8] = state.withLock { state in
            state.line.append(byte)
            guard byte == 0x0A else { return [] }
            defer { state.line = [] }
            return state.line
        }
        if !line.isEmpty { input.append(line) }
    }
}
