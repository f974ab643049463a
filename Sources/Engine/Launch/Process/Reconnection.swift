import CLinux
import LinuxKernel

/// What became of a container while no daemon looked.
public enum Reconnection: Sendable {
    /// It runs.
    case running(RunningProcess)
    /// It has ended.
    case exited(ExitStatus)
    /// No monitor is there, and none left a record: it never started, or the machine went down.
    case lost
}

extension RunningProcess {
    /// Takes up the conversation with the monitor of a state directory, after the daemon was started again.
    ///
    /// - Parameters:
    ///   - hasLog: whether its log must not wait for slow readers.
    ///   - deadline: how long a monitor that is still starting, or about to end, is waited for.
    /// - Throws: step `deadline`, and `protocol` where the directory or its record cannot be read.
    public static func reconnect(
        stateDirectory path: String, hasLog: Bool = true, output: OutputBroadcaster = OutputBroadcaster(),
        deadline: Duration = .seconds(10)
    ) async throws(LaunchError) -> Reconnection {
        let limit = ContinuousClock.now + deadline
        while true {
            let directory = try StateDirectory(path)
            if let socket = try directory.connect() {
                let connection = MonitorConnection(
                    socket: socket, statePath: path, hasLog: hasLog, isAttached: false,
                    output: output)
                do throws(LaunchError) {
                    return .running(try await RunningProcess(connection))
                } catch {
                    // It ended or failed while we knocked: the record tells, once it has let go of the lock.
                    if error.step != .launcher { return .lost }
                }
            }
            if try directory.lock() {
                guard let status = try ExitStatus(in: directory.descriptor) else { return .lost }
                return .exited(status)
            }
            guard ContinuousClock.now < limit else { throw LaunchError(.deadline, detail: path) }
            // A monitor lives but does not listen yet, or not any more; flock(2) cannot be waited for without a thread.
            do { try await Task.sleep(for: .milliseconds(5)) } catch { throw LaunchError(.deadline, detail: path) }
        }
    }
}

/// A container's state directory, and the lock on it that lives as long as its monitor.
struct StateDirectory {
    let descriptor: FileDescriptor
    private let path: String

    init(_ path: String) throws(LaunchError) {
        let opened = clinux_openat2(CLINUX_AT_FDCWD, path, CLINUX_O_RDONLY | CLINUX_O_DIRECTORY, 0, 0)
        if opened < 0 { throw LaunchError(.spec, errno: -opened, detail: path) }
        descriptor = FileDescriptor(opened)
        self.path = path
    }

    /// Takes the lock; `false` where a monitor, or a message on its way to become one, has it.
    func lock() throws(LaunchError) -> Bool {
        let answer = clinux_try_lock(descriptor.number)
        if answer == -LaunchError.tryAgain { return false }
        if answer < 0 { throw LaunchError(.spec, errno: -answer, detail: path) }
        return true
    }

    /// A connection to the monitor that listens here; `nil` where none does.
    func connect() throws(LaunchError) -> FileDescriptor? {
        // An address holds 108 bytes, a state directory's path perhaps more.
        let answer = clinux_seqpacket_connect("/proc/self/fd/\(descriptor.number)/monitor.sock")
        if answer >= 0 { return FileDescriptor(answer) }
        if LaunchError.nobodyListens.contains(-answer) { return nil }
        throw LaunchError(.protocol, errno: -answer, detail: path)
    }
}
