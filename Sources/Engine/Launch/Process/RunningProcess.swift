import CLinux
import LinuxKernel
import ShimProtocol

/// A container's command, or that of an exec, while it runs and after.
public final class RunningProcess: Sendable {
    /// In the daemon's own PID namespace; process 1 of a container with `usesInit` is the reaper.
    public let pid: Int32
    /// The process number of its monitor.
    let monitor: Int32
    /// Refers to this process alone, also when its number is used again.
    public let pidfd: FileDescriptor
    /// Where the time of its start went.
    public let phases: LaunchPhases
    /// What it writes.
    public let output: OutputBroadcaster
    private let connection: MonitorConnection

    /// Waits until the monitor at the other end says how the start went.
    init(_ connection: MonitorConnection) async throws(LaunchError) {
        let (started, pidfd) = try await connection.begin().get()
        pid = started.pid
        monitor = started.monitor
        self.pidfd = pidfd
        phases = LaunchPhases(started)
        output = connection.output
        self.connection = connection
        output.connect(connection)
    }

    /// Writes to its stdin, after what other clients wrote before; returns once its pipe or terminal took the bytes.
    ///
    /// - Throws: step `closed` where it has ended or its stdin is closed, and when the task is cancelled.
    public func write(_ bytes: [UInt8]) async throws(LaunchError) {
        guard !bytes.isEmpty else { return }
        guard await connection.write(bytes) else { throw LaunchError(.closed) }
    }

    /// Ends its stdin after what was written; a terminal stays open, since its end is a key (Ctrl-D).
    public func closeStandardInput() { connection.closeInput() }

    /// Gives its terminal another size; without one nothing happens.
    public func resize(_ size: TerminalSize) { connection.resize(size) }

    /// Sends it a signal.
    ///
    /// - Throws: step `closed` with ESRCH where it has ended.
    public func signal(_ number: Int32) throws(LaunchError) {
        let answer = clinux_pidfd_send_signal(pidfd.number, number)
        if answer < 0 { throw LaunchError(.closed, errno: -answer) }
    }

    /// How it ended; nil while it runs. Known as soon as its output has ended.
    var exitNow: ExitStatus? { connection.exitNow }

    /// Waits until its monitor, too, has let go of all that was the container's: then it can be started again.
    ///
    /// - Returns: `false` where that takes longer.
    func departs(within limit: Duration) async -> Bool { await connection.departed.value(within: limit) != nil }

    /// Has its monitor, which takes its time over that, let go of all that was the container's.
    func letGo() { connection.letGo() }

    /// How it ended, when it has; any number may wait. Its output was given to the subscribers before.
    public var exit: ExitStatus {
        get async { await connection.exit() }
    }
}
