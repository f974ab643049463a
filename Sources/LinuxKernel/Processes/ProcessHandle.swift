import CLinux
import Glibc

/// A process that cannot be mistaken for a later one with the same pid (pidfd_open(2)).
public struct ProcessHandle: Sendable {
    /// Its pid, as this process sees it.
    public let pid: Int32
    /// The pidfd: readable once the process has ended, all its threads included.
    public let descriptor: FileDescriptor

    /// Opens a process; ESRCH where there is none.
    public init(pid: Int32) throws(SystemError) {
        self.pid = pid
        descriptor = FileDescriptor(try SystemCall.check(clinux_pidfd_open(pid), "open process \(pid)"))
    }

    /// A process whose pidfd came from somebody who has it.
    public init(pid: Int32, descriptor: FileDescriptor) {
        self.pid = pid
        self.descriptor = descriptor
    }

    /// Sends a signal; ESRCH where the process has ended and was reaped.
    public func signal(_ number: Int32) throws(SystemError) {
        let answer = clinux_pidfd_send_signal(descriptor.number, number)
        try SystemCall.check(answer, "send signal \(number) to process \(pid)")
    }

    /// Whether it has ended.
    public var hasExited: Bool {
        var ready = clinux_ready(fd: descriptor.number, events: Int16(POLLIN), ready: 0)
        return clinux_poll(&ready, 1, 0) == 1
    }

    /// Waits for its end.
    ///
    /// - Returns: whether it ended before the time was up.
    public func exited(watcher: DescriptorWatcher, timeout: Duration? = nil) async throws -> Bool {
        try await watcher.wait(for: descriptor, timeout: timeout)
    }
}

/// A process by pid and birth, which together are unique until the machine restarts, and can be kept in a file.
public struct ProcessIdentity: Sendable, Hashable {
    /// The pid.
    public let pid: Int32
    /// When it started, in clock ticks since boot (proc_pid_stat(5), field 22).
    public let startTime: UInt64

    /// An identity that was written down earlier.
    public init(pid: Int32, startTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
    }

    /// The identity of a process; ENOENT or ESRCH where there is none, EINVAL where the kernel's answer is unknown.
    public static func of(_ pid: Int32) throws(SystemError) -> ProcessIdentity {
        let text = try SmallFile.text("/proc/\(pid)/stat")
        guard let stat = ProcessStat(text) else { throw SystemError(action: "read /proc/\(pid)/stat", errno: EINVAL) }
        return ProcessIdentity(pid: pid, startTime: stat.startTime)
    }

    /// Whether this very process still runs; one that has ended but was not reaped does not.
    public func isRunning() throws(SystemError) -> Bool {
        do {
            guard let stat = ProcessStat(try SmallFile.text("/proc/\(pid)/stat")) else { return false }
            return stat.startTime == startTime && stat.state != "Z" && stat.state != "X"
        } catch {
            if error.errno == ENOENT || error.errno == ESRCH { return false }
            throw error
        }
    }
}

/// The fields of `/proc/PID/stat` that are of use here (proc_pid_stat(5)).
struct ProcessStat {
    let state: Character
    let parent: Int32
    let startTime: UInt64

    init?(_ text: String) {
        // The name in parentheses may itself hold parentheses and spaces.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let state = fields[0].first, let parent = Int32(fields[1]),
            let startTime = UInt64(fields[19])
        else { return nil }
        self.state = state
        self.parent = parent
        self.startTime = startTime
    }
}
