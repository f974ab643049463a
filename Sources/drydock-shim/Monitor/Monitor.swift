import CLinux
import ShimProtocol

/// One process per container start or exec: makes the container's init, then pumps its output, feeds its input, waits
/// for it and writes down how it ended. It outlives the daemon.
struct Monitor {
    private let hasTerminal: Bool
    private let state: Int32
    private let process: ContainerProcess
    private var stdio: Stdio
    private var log: LogWriter?
    private var control: Control
    private var standardInput: InputQueue
    /// Where a monitor belongs that waited in its container's cgroups.
    private var home: Home
    /// The mount namespace, or -1.
    private let mounts: Int32
    /// The channels whose pipes were made larger, a bit each.
    private var largePipes: UInt32 = 0

    /// What a pipe holds once its container has filled it: fewer turns between the two, for as much memory of the
    /// container's as it uses.
    private static let largePipe: Int32 = 256 << 10
    /// How long output is waited for that others than the process hold open, once it has ended; as long as dockerd
    /// waits (moby, handleContainerExit).
    private static let drainNanoseconds: Int64 = 2_000_000_000
    /// How long a monitor that waited in its container's cgroups stays there: the way home takes a grace period of the
    /// kernel, which a short command should not have to wait for.
    private static let stayNanoseconds: Int64 = 100_000_000
    /// As much as a pipe holds (pipe(7), pipe-max-size).
    private static let restBytes: Int64 = 1 << 20
    /// How long a daemon may take to fetch the rest of the output and the exit record.
    private static let farewellNanoseconds: Int64 = 10_000_000_000
    /// How long mounts are kept once the daemon knows of the end: to unmount keeps a processor busy for milliseconds, which
    /// whoever waits for the answer should not have to share.
    private static let restNanoseconds: Int64 = 10_000_000

    /// Never returns: the fork of the launcher ends here.
    static func main(_ launch: Launch) -> Never {
        becomeParent()
        run(launch)
    }

    /// What a fork of the launcher does before it has children of its own.
    static func becomeParent() {
        _ = clinux_setsid()
        // The launcher ignores SIGCHLD, and whoever does that has its children reaped unasked, exit status and all.
        _ = clinux_default_signal(Signal.child)
    }

    /// Launches, in an init that waits for it where there is one, and stays until the end.
    static func run(_ launch: Launch, _ parked: ParkedInit? = nil, _ waiting: WaitingExec? = nil) -> Never {
        do {
            var monitor = try Monitor(launch, parked, waiting)
            monitor.pump()
            clinux_exit(0)
        } catch {
            if launch.state >= 0 { _ = clinux_unlock(launch.state) }
            Reply.failed(error, to: launch.reply)
            clinux_exit(1)
        }
    }

    /// Starts the container and tells the daemon so.
    private init(_ launch: Launch, _ parked: ParkedInit?, _ waiting: WaitingExec?) throws(Failure) {
        let spec = try Spec(launch.spec)
        var control = try Control(launch, isAttached: spec.has(SHIM_ATTACHED))
        var stdio = try Stdio(spec, launch.inherited.places, waiting?.supplies)
        let log = try LogWriter(spec)
        var started = shim_started()
        started.monitor = clinux_getpid()
        let process: ContainerProcess
        if let parked {
            process = try ContainerProcess(parked, spec: spec, launch: launch, stdio: stdio.child, started: &started)
        } else {
            process = try ContainerProcess(
                spec: spec, launch: launch, stdio: stdio.child, supplies: waiting?.supplies, started: &started)
        }
        control.start(started, pidfd: process.pidfd)
        // A process that is over already has unmounted already.
        mounts = spec.has(SHIM_KEEPS_MOUNTS) ? clinux_pidfd_mount_namespace(process.pidfd) : -1
        stdio.closeChildEnds()
        try stdio.takeTerminal()
        launch.closeStart()
        hasTerminal = spec.has(SHIM_TERMINAL)
        state = launch.state
        home = waiting?.home ?? Home()
        self.process = process
        self.log = log
        self.control = control
        standardInput = InputQueue(descriptor: stdio.input)
        self.stdio = stdio
    }

    // MARK: - The loop

    /// Serves until the process has ended and its output is written down.
    private mutating func pump() {
        var exit: clinux_exit_status?
        var deadline: Int64?
        var leaving: Int64? = home.isElsewhere ? clinux_monotonic_ns() + Self.stayNanoseconds : nil
        var list = PollList()
        while true {
            list.removeAll()
            list.add(process.pidfd, when: exit == nil)
            list.add(stdio.output, when: !control.isCongested)
            list.add(stdio.error, when: !control.isCongested)
            list.add(control.connection)
            list.addWritable(control.connection, when: control.wantsToSend)
            list.add(control.listener)
            list.addWritable(standardInput.descriptor, when: standardInput.hasPending)
            list.wait(until: deadline ?? leaving)

            if let time = leaving, clinux_monotonic_ns() >= time {
                home.enter()
                leaving = nil
            }
            if list.isReady(stdio.output), !copy(from: stdio.output, SHIM_STDOUT) { closeOutput() }
            // The first copy may have filled the daemon's socket; there is room for one message only.
            if list.isReady(stdio.error), !control.isCongested, !copy(from: stdio.error, SHIM_STDERR) {
                stdio.closeError()
            }
            if list.isReady(control.listener) { control.acceptDaemon() }
            if list.isReady(control.connection) { serveDaemon() }
            flushInput()
            control.flush()
            if exit == nil, list.isReady(process.pidfd), let status = process.ended() {
                exit = status
                // What still holds the pipes is not of this container any more once its PID namespace is gone; an
                // exec's grandchildren may live on, so their output is waited for only so long.
                deadline = clinux_monotonic_ns() + Self.drainNanoseconds
            }
            if let exit, isDrained || clinux_monotonic_ns() >= deadline ?? 0 {
                takeRest(of: stdio.output, SHIM_STDOUT)
                takeRest(of: stdio.error, SHIM_STDERR)
                finish(exit)
                return
            }
        }
    }

    private var isDrained: Bool { stdio.output < 0 && stdio.error < 0 }

    /// A terminal is one descriptor in both directions, so its end closes the input, too.
    private mutating func closeOutput() {
        if hasTerminal { standardInput.close(descriptorToo: false) }
        stdio.closeOutput()
    }

    /// Copies what is there to the log and to an attached daemon; `false` at the end of the stream.
    private mutating func copy(from descriptor: Int32, _ channel: shim_channel) -> Bool {
        let room = control.outputRoom
        let count = clinux_read(descriptor, room.baseAddress, room.count)
        // A terminal whose other side is closed answers EIO, which is its end of file.
        guard count > 0 else { return count == -Int64(Errno.tryAgain) }
        if Int(count) == room.count, largePipes & channel.rawValue == 0 {
            // A terminal is no pipe, and where the host allows none that large, the old one does.
            _ = clinux_pipe_grow(descriptor, Self.largePipe)
            largePipes |= channel.rawValue
        }
        log?.append(UnsafeRawBufferPointer(rebasing: room[0..<Int(count)]), channel)
        control.sendOutput(Int(count), channel)
        return true
    }

    /// What a daemon that stood still has kept in the pipes is the log's all the same; the daemon gets what it has room
    /// for. Bounded, since others than the process may hold the pipe and go on writing.
    private mutating func takeRest(of descriptor: Int32, _ channel: shim_channel) {
        var left = Self.restBytes
        while descriptor >= 0, left > 0 {
            let room = control.outputRoom
            let count = clinux_read(descriptor, room.baseAddress, room.count)
            guard count > 0 else { return }
            log?.append(UnsafeRawBufferPointer(rebasing: room[0..<Int(count)]), channel)
            if !control.isCongested { control.sendOutput(Int(count), channel) }
            left -= count
        }
    }

    private mutating func flushInput() {
        guard standardInput.hasPending else { return }
        standardInput.flush()
        if !standardInput.hasPending { control.acknowledgeInput() }
    }

    private mutating func serveDaemon() {
        while let message = control.next() {
            switch shim_message_kind(rawValue: message.kind) {
            case SHIM_ATTACH: control.attach(true)
            case SHIM_DETACH: control.attach(false)
            case SHIM_STDIN:
                // A daemon that does not wait for STDIN_TAKEN is none of ours.
                if standardInput.hasPending { return control.drop() }
                standardInput.append(message.body)
                if !standardInput.hasPending { control.acknowledgeInput() }
            case SHIM_STDIN_CLOSE: standardInput.close(descriptorToo: !hasTerminal)
            case SHIM_RESIZE:
                guard hasTerminal, stdio.output >= 0, message.body.count >= MemoryLayout<shim_resize>.size else {
                    break
                }
                let size = message.body.load(as: shim_resize.self)
                _ = clinux_terminal_resize(stdio.output, size.rows, size.columns)
            default: break
            }
        }
    }

    /// The record first, the message after: a daemon that hears of the end finds it on disk. Then what takes time.
    private mutating func finish(_ status: clinux_exit_status) {
        log?.finish()
        let now = clinux_realtime_ns()
        let record = shim_exit(
            magic: SHIM_EXIT_MAGIC, version: SHIM_PROTOCOL_VERSION, code: status.code,
            signaled: UInt32(status.signaled), finished: now)
        ExitRecord.write(record, in: state)
        // Whoever waits for a slow daemon must not hold the container's cgroups meanwhile.
        if control.isCongested { home.enter() }
        control.finish(
            record, unlocks: mounts < 0, deadline: clinux_monotonic_ns() + Self.farewellNanoseconds)
        if mounts >= 0 {
            control.rest(until: clinux_monotonic_ns() + Self.restNanoseconds)
            _ = clinux_close(mounts)
        }
        control.leave()
    }
}

/// The file `exit` of the state directory, whole or absent.
enum ExitRecord {
    static var name: CString { StaticText.pointer("exit") }

    static func write(_ record: shim_exit, in state: Int32) {
        guard state >= 0 else { return }
        let partial = StaticText.pointer("exit.partial")
        let flags = CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_TRUNC | CLINUX_O_NOFOLLOW
        let file = clinux_openat2(state, partial, flags, 0o600, CLINUX_RESOLVE_BENEATH)
        guard file >= 0 else { return }
        let written = withUnsafeBytes(of: record) { clinux_write(file, $0.baseAddress, $0.count) }
        _ = clinux_close(file)
        if written == Int64(MemoryLayout<shim_exit>.size) { _ = clinux_renameat(state, partial, state, name) }
    }
}
