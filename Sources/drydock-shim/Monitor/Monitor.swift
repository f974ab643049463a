import CLinux
import ShimProtocol

/// One process per container start or exec: makes the container's init, then pumps its output, feeds its input, waits
/// for it and writes down how it ended. It outlives the daemon.
struct Monitor {
    private let spec: Spec
    private let state: Int32
    private let process: ContainerProcess
    private var stdio: Stdio
    private var log: LogWriter?
    private var control: Control
    private var standardInput: InputQueue

    /// Never returns: the fork of the launcher ends here.
    static func main(specDescriptor: Int32, state: Int32, control: Int32, extra: Int32, received: Int64) -> Never {
        _ = clinux_setsid()
        // The launcher ignores SIGCHLD, and whoever does that has its children reaped unasked, exit status and all.
        _ = clinux_reset_signals()
        _ = clinux_ignore_signal(Signal.pipe)
        do {
            let spec = try Spec(descriptor: specDescriptor)
            var monitor = try Monitor(spec: spec, state: state, control: control, extra: extra, received: received)
            _ = clinux_close(specDescriptor)
            monitor.pump()
            clinux_exit(0)
        } catch {
            Reply.failed(error, to: control)
            clinux_exit(1)
        }
    }

    /// Starts the container and tells the daemon so.
    private init(spec: Spec, state: Int32, control: Int32, extra: Int32, received: Int64) throws(Failure) {
        self.spec = spec
        self.state = state
        var stdio = try Stdio(spec)
        let log = try LogWriter(spec)
        var started = shim_started()
        let process = try ContainerProcess(
            spec: spec, stdio: stdio.child, extra: extra, received: received, started: &started)
        stdio.closeChildEnds()
        try stdio.takeTerminal()
        self.process = process
        self.log = log
        self.control = try Control(state: spec.has(SHIM_EXEC) ? -1 : state, connection: control)
        standardInput = InputQueue(descriptor: stdio.input)
        self.stdio = stdio
        Reply.started(started, to: control)
    }

    // MARK: - The loop

    /// Serves until the process has ended and its output is written down.
    private mutating func pump() {
        var exit: clinux_exit_status?
        var deadline: Int64?
        while true {
            var list = PollList()
            list.add(process.pidfd, when: exit == nil)
            list.add(stdio.output, when: control.acceptsOutput)
            list.add(stdio.error, when: control.acceptsOutput)
            list.addWritable(control.connection, when: !control.acceptsOutput)
            list.add(control.connection, when: !standardInput.isFull)
            list.add(control.listener)
            list.addWritable(standardInput.descriptor, when: standardInput.hasPending)
            list.wait(until: deadline)

            if list.isReady(stdio.error), !copy(from: stdio.error, SHIM_STDERR) { stdio.closeError() }
            if list.isReady(stdio.output), !copy(from: stdio.output, SHIM_STDOUT) { closeOutput() }
            if list.isReady(control.listener) { control.acceptDaemon() }
            if list.isReady(control.connection) { serveDaemon() }
            if standardInput.hasPending { standardInput.flush() }
            control.flush()
            if exit == nil, let status = process.ended() {
                exit = status
                // What still holds the pipes is not of this container any more once its PID namespace is gone; an exec's
                // grandchildren may live on, so their output is waited for only so long.
                deadline = clinux_monotonic_ns() + Self.drainNanoseconds
            }
            if let exit, isDrained || clinux_monotonic_ns() >= deadline ?? 0 {
                finish(exit)
                return
            }
        }
    }

    private static let drainNanoseconds: Int64 = 2_000_000_000

    private var isDrained: Bool { stdio.output < 0 && stdio.error < 0 && !control.hasPending }

    /// A terminal is one descriptor in both directions, so its end closes the input, too.
    private mutating func closeOutput() {
        if stdio.input == stdio.output { standardInput.close(descriptorToo: false) }
        stdio.closeOutput()
    }

    /// Copies what is there to the log and to an attached daemon; `false` at the end of the stream.
    private mutating func copy(from descriptor: Int32, _ channel: shim_channel) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: Control.outputRoom, alignment: 8) { room in
            let count = clinux_read(descriptor, room.baseAddress, room.count)
            // A terminal whose other side is closed answers EIO, which is its end of file.
            guard count > 0 else { return count == -Int64(Errno.tryAgain) }
            let bytes = UnsafeRawBufferPointer(rebasing: room[0..<Int(count)])
            log?.append(bytes, channel)
            control.output(bytes, channel)
            return true
        }
    }

    private mutating func serveDaemon() {
        while !standardInput.isFull, let message = control.next() {
            switch shim_message_kind(rawValue: message.kind) {
            case SHIM_ATTACH: control.attach()
            case SHIM_STDIN: standardInput.append(message.body)
            case SHIM_STDIN_CLOSE: standardInput.close(descriptorToo: stdio.input != stdio.output)
            case SHIM_RESIZE:
                guard spec.has(SHIM_TERMINAL), message.body.count >= MemoryLayout<shim_resize>.size else { break }
                let size = message.body.load(as: shim_resize.self)
                _ = clinux_terminal_resize(stdio.input, size.rows, size.columns)
            case SHIM_SIGNAL:
                guard message.body.count >= MemoryLayout<shim_signal>.size else { break }
                _ = clinux_pidfd_send_signal(process.pidfd, message.body.load(as: shim_signal.self).number)
            default: break
            }
        }
    }

    /// The record first, the message after: a daemon that hears of the end finds it on disk.
    private mutating func finish(_ status: clinux_exit_status) {
        log?.finish()
        var record = shim_exit(
            magic: SHIM_EXIT_MAGIC, version: SHIM_PROTOCOL_VERSION, code: status.code,
            signaled: UInt32(status.signaled),
            finished: clinux_realtime_ns())
        ExitRecord.write(&record, in: state)
        withUnsafeBytes(of: &record) { control.send(SHIM_EXITED, $0) }
        control.close(state: state)
    }
}

/// The file `exit` of the state directory, whole or absent.
enum ExitRecord {
    static func write(_ record: inout shim_exit, in state: Int32) {
        guard state >= 0 else { return }
        let partial = StaticText.pointer("exit.partial")
        let file = clinux_openat2(
            state, partial, Open.writeOnly | Open.create | Open.truncate | Open.noFollow, 0o600, Resolve.beneath)
        guard file >= 0 else { return }
        let size = MemoryLayout<shim_exit>.size
        let written = withUnsafeBytes(of: &record) { clinux_write(file, $0.baseAddress, $0.count) }
        _ = clinux_close(file)
        if written == Int64(size) { _ = clinux_renameat(state, partial, state, StaticText.pointer("exit")) }
    }
}
