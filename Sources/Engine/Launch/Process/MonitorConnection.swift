import CLinux
import LinuxKernel
import ShimProtocol
import Synchronization

/// The daemon's end of the conversation with one monitor; its callbacks run on the loop's thread.
final class MonitorConnection: MonitorLoop.Handler {
    /// What a monitor says first.
    typealias Beginning = Result<(shim_started, FileDescriptor), LaunchError>

    struct State {
        var socket: FileDescriptor?
        var pidfd: FileDescriptor?
        var beginning: CheckedContinuation<Beginning, Never>?
        var exit: ExitStatus?
        var exitWaiters: [CheckedContinuation<ExitStatus, Never>] = []
        /// Messages that the socket had no room for, in order.
        var outgoing: [[UInt8]] = []
        var input = InputWriter()
        var watched: UInt32 = 0
        var isPaused = false
        var isAttached: Bool
        /// Whether the process is known to have ended: then what is left is bounded, and taken whole.
        var isEnding = false

        mutating func queue(_ kind: shim_message_kind, _ body: [UInt8] = []) {
            guard socket != nil, exit == nil else { return }
            let head = shim_message(kind: kind.rawValue, length: UInt32(body.count))
            outgoing.append(withUnsafeBytes(of: head) { Array($0) } + body)
        }
    }

    let output: OutputBroadcaster
    /// Fulfilled when the monitor has let go of all that was the container's, or is gone.
    let departed = Promise<Void>()
    private let hasLog: Bool
    /// Where the exit record will stand; `nil` for an exec.
    private let statePath: String?
    private let state: Mutex<State>
    private let loop = MonitorLoop.shared

    init(
        socket: FileDescriptor, statePath: String?, hasLog: Bool, isAttached: Bool,
        output: OutputBroadcaster
    ) {
        self.output = output
        self.hasLog = hasLog
        self.statePath = statePath
        state = Mutex(State(socket: socket, isAttached: isAttached))
    }

    /// Waits for STARTED or FAILED.
    func begin() async -> Beginning {
        await withCheckedContinuation { continuation in
            let socket = state.withLock { state in
                state.beginning = continuation
                state.watched = CLINUX_EPOLLIN
                return state.socket
            }
            do throws(LaunchError) {
                if let socket { try loop.watch(socket.number, CLINUX_EPOLLIN, self) }
            } catch {
                end(.failure(error))
            }
        }
    }

    // MARK: - From the monitor

    func ready(_ descriptor: Int32) {
        let isProcess = state.withLock { $0.pidfd?.number == descriptor && $0.socket?.number != descriptor }
        if isProcess {
            loop.forget(descriptor)
            state.withLock { $0.isEnding = true }
            roomAgain()
            return
        }
        flush()
        withUnsafeTemporaryAllocation(byteCount: Int(SHIM_MESSAGE_LIMIT), alignment: 8) { room in
            // A few messages a turn, so that one loud container does not keep the others waiting.
            for _ in 0..<16 { guard receive(room) else { break } }
        }
    }

    /// Takes one message; `false` where there is none, or no more should be taken now.
    private func receive(_ room: UnsafeMutableRawBufferPointer) -> Bool {
        guard let socket = state.withLock({ $0.isPaused ? nil : $0.socket }) else { return false }
        var descriptor: Int32 = -1
        var count = 1
        let length = clinux_receive(socket.number, room.baseAddress, room.count, &descriptor, &count, 0)
        if length == -Int64(LaunchError.tryAgain) { return false }
        let passed = count == 1 ? FileDescriptor(descriptor) : nil
        let headSize = MemoryLayout<shim_message>.size
        guard length >= headSize else {
            connectionEnded()
            return false
        }
        let head = room.load(as: shim_message.self)
        take(shim_message_kind(head.kind), UnsafeRawBufferPointer(rebasing: room[headSize..<Int(length)]), passed)
        return true
    }

    private func take(_ kind: shim_message_kind, _ body: UnsafeRawBufferPointer, _ passed: FileDescriptor?) {
        switch kind {
        case SHIM_STARTED where body.count == MemoryLayout<shim_started>.size:
            guard let passed else { return end(.failure(LaunchError(.protocol))) }
            let waiter = state.withLock { state in
                state.pidfd = passed
                defer { state.beginning = nil }
                return state.beginning
            }
            waiter?.resume(returning: .success((body.loadUnaligned(as: shim_started.self), passed)))
        case SHIM_FAILED where body.count == MemoryLayout<shim_failed>.size:
            end(.failure(LaunchError(body.loadUnaligned(as: shim_failed.self))))
        case SHIM_OUTPUT where body.count > MemoryLayout<shim_output>.size:
            let head = body.loadUnaligned(as: shim_output.self)
            guard let channel = OutputChunk.Channel(rawValue: head.channel) else { return }
            output.publish(
                OutputChunk(channel: channel, bytes: Array(body.dropFirst(MemoryLayout<shim_output>.size))))
            if output.isCongested { pause() }
        case SHIM_STDIN_TAKEN:
            let waiter = state.withLock { $0.input.taken() }
            waiter?.resume(returning: true)
            feed()
        case SHIM_EXITED where body.count == MemoryLayout<shim_exit>.size:
            let status = ExitStatus(record: body.loadUnaligned(as: shim_exit.self))
            ended(status ?? .lost())
        default: break
        }
    }

    // MARK: - Backpressure

    private func pause() {
        let pidfd = state.withLock { state -> FileDescriptor? in
            guard !state.isPaused, !state.isEnding else { return nil }
            state.isPaused = true
            return state.pidfd
        }
        guard let pidfd else { return }
        rewatch()
        // The end of the process lifts the pause; where that cannot be watched, the reader's own pace does.
        _ = try? loop.watch(pidfd.number, CLINUX_EPOLLIN, self)
        if hasLog { loop.schedule(self) }
    }

    func deadline(now: Int64) -> Int64? {
        guard state.withLock({ $0.isPaused }) else { return nil }
        output.cutOffThoseIdle(since: now - OutputBroadcaster.patience)
        roomAgain()
        return state.withLock { $0.isPaused } ? now + 1_000_000_000 : nil
    }

    // MARK: - To the monitor

    private func send(_ kind: shim_message_kind, _ body: [UInt8] = []) {
        state.withLock { $0.queue(kind, body) }
        flush()
    }

    /// Sends what the socket takes; the rest when it is writable.
    private func flush() {
        state.withLock { state in
            guard let socket = state.socket else { return }
            while let message = state.outgoing.first {
                let sent = message.withUnsafeBytes { clinux_send(socket.number, $0.baseAddress, $0.count, nil, 0, 0) }
                if sent == -Int64(LaunchError.tryAgain) { break }
                // Any other error is the end of the connection, which is noticed by reading.
                state.outgoing.removeFirst()
            }
        }
        rewatch()
    }

    private func rewatch() {
        state.withLock { state in
            guard let socket = state.socket else { return }
            let wanted = (state.isPaused ? 0 : CLINUX_EPOLLIN) | (state.outgoing.isEmpty ? 0 : CLINUX_EPOLLOUT)
            guard wanted != state.watched else { return }
            state.watched = wanted
            loop.change(socket.number, wanted)
        }
    }

    func resize(_ size: TerminalSize) {
        let body = shim_resize(rows: size.rows, columns: size.columns, reserved: 0)
        send(SHIM_RESIZE, withUnsafeBytes(of: body) { Array($0) })
    }

    /// Answers once all bytes are in the container's pipe; `false` where it has ended or takes no input any more.
    func write(_ bytes: [UInt8]) async -> Bool {
        let ticket = InputWriter.Ticket()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    guard state.socket != nil, state.exit == nil else { return false }
                    return state.input.add(bytes, ticket, continuation)
                }
                if isOpen { feed() } else { continuation.resume(returning: false) }
            }
        } onCancel: {
            state.withLock { $0.input.cancel(ticket) }?.resume(returning: false)
        }
    }

    func closeInput() {
        state.withLock { $0.input.close() }
        feed()
    }

    private func feed() {
        switch state.withLock({ $0.input.next() }) {
        case .bytes(let bytes): send(SHIM_STDIN, bytes)
        case .end: send(SHIM_STDIN_CLOSE)
        case nil: break
        }
    }

    // MARK: - The end

    /// The exit status, at once or when it is known.
    func exit() async -> ExitStatus {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> ExitStatus? in
                if state.exit == nil { state.exitWaiters.append(continuation) }
                return state.exit
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    /// The exit status, where it is known.
    var exitNow: ExitStatus? { state.withLock { $0.exit } }

    /// Tells a monitor whose process has ended that nothing more will be said to it.
    func letGo() {
        state.withLock { state in
            guard let socket = state.socket, state.exit != nil else { return }
            // Fails where the monitor is gone, which is as good.
            _ = clinux_end_writing(socket.number)
        }
    }

    private func connectionEnded() {
        if state.withLock({ $0.beginning != nil }) {
            return end(.failure(LaunchError(.launcher, errno: LaunchError.connectionReset, detail: "lost a monitor")))
        }
        if exitNow == nil { ended(recordedEnd() ?? .lost()) }
        close()
    }

    /// What a monitor that sent no farewell has left; `nil` where it was killed, and then the process is, too.
    private func recordedEnd() -> ExitStatus? {
        do throws(LaunchError) {
            // Opened anew: a lock belongs to whoever opened, and ours must not hold off the next start.
            if let directory = try statePath.map({ path throws(LaunchError) in try StateDirectory(path) }) {
                // The monitor lives, and talks to another daemon: the process is none of ours any more.
                guard try directory.lock() else { return nil }
                if let status = try ExitStatus(in: directory.descriptor) { return status }
            }
        } catch {
            // An unreadable directory tells as little as an absent record.
        }
        if let pidfd = state.withLock({ $0.pidfd }) { clinux_pidfd_send_signal(pidfd.number, 9) }
        return nil
    }

    /// The process has ended; its monitor may still have mounts to let go.
    private func ended(_ status: ExitStatus) {
        // Known before its output ends: whoever reads to the end may ask for the exit code at once.
        let (waiters, writers) = state.withLock { state in
            state.exit = status
            defer { state.exitWaiters = [] }
            return (state.exitWaiters, state.input.end())
        }
        for writer in writers { writer.resume(returning: false) }
        output.processEnded()
        for waiter in waiters { waiter.resume(returning: status) }
    }

    private func end(_ beginning: Beginning) {
        close()
        let waiter = state.withLock { state in
            defer { state.beginning = nil }
            return state.beginning
        }
        waiter?.resume(returning: beginning)
    }

    private func close() {
        let (socket, pidfd, writers) = state.withLock { state in
            defer { state.socket = nil }
            return (state.socket, state.isPaused || state.isEnding ? state.pidfd : nil, state.input.end())
        }
        if let socket { loop.forget(socket.number) }
        if let pidfd { loop.forget(pidfd.number) }
        for writer in writers { writer.resume(returning: false) }
        departed.fulfil(())
    }
}

extension MonitorConnection: OutputBroadcaster.Source {
    func listenersChanged() {
        // Asked and queued under one lock, so that the last message is always the truth.
        state.withLock { state in
            let any = output.hasSubscribers
            guard state.isAttached != any else { return }
            state.isAttached = any
            state.queue(any ? SHIM_ATTACH : SHIM_DETACH)
        }
        flush()
    }

    func roomAgain() {
        let isEnding = state.withLock { $0.isEnding }
        guard isEnding || !output.isCongested else { return }
        let pidfd = state.withLock { state -> FileDescriptor? in
            guard state.isPaused else { return nil }
            state.isPaused = false
            return state.isEnding ? nil : state.pidfd
        }
        if let pidfd { loop.forget(pidfd.number) }
        rewatch()
    }
}
