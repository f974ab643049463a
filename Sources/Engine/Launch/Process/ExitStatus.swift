import CLinux
import LinuxKernel
import ShimProtocol

/// How and when a process ended.
public struct ExitStatus: Sendable, Hashable {
    /// What ended it.
    public enum Cause: Sendable, Hashable {
        /// exit(3) with this status.
        case exited(Int32)
        /// This signal.
        case signaled(Int32)
        /// Its monitor was killed, and it with it; nobody saw how.
        case monitorLost
    }

    /// What ended it.
    public let cause: Cause
    /// CLOCK_REALTIME, nanoseconds.
    public let finished: Int64

    init(cause: Cause, finished: Int64) {
        self.cause = cause
        self.finished = finished
    }

    /// docker's exit code: the status, 128 and the signal, or 255 where nobody knows.
    public var code: Int32 {
        switch cause {
        case .exited(let status): status
        case .signaled(let number): 128 + number
        case .monitorLost: 255
        }
    }

    static func lost() -> ExitStatus { ExitStatus(cause: .monitorLost, finished: clinux_realtime_ns()) }

    /// `nil` where it is no record of this version.
    init?(record: shim_exit) {
        guard record.magic == SHIM_EXIT_MAGIC, record.version == SHIM_PROTOCOL_VERSION else { return nil }
        self.init(
            cause: record.signaled == 1 ? .signaled(record.code) : .exited(record.code), finished: record.finished)
    }

    /// The record that a monitor left in a state directory; `nil` where there is none.
    ///
    /// - Throws: step `protocol` where it cannot be read or is damaged.
    init?(in stateDirectory: FileDescriptor) throws(LaunchError) {
        let opened = clinux_openat2(
            stateDirectory.number, "exit", CLINUX_O_RDONLY | CLINUX_O_NOFOLLOW, 0, CLINUX_RESOLVE_BENEATH)
        if opened == -LaunchError.absent { return nil }
        if opened < 0 { throw LaunchError(.protocol, errno: -opened, detail: "exit") }
        let file = FileDescriptor(opened)
        var record = shim_exit()
        let size = MemoryLayout<shim_exit>.size
        let count = withUnsafeMutableBytes(of: &record) { clinux_read(file.number, $0.baseAddress, $0.count) }
        guard count == size, let status = ExitStatus(record: record) else {
            throw LaunchError(.protocol, errno: LaunchError.invalid, detail: "exit")
        }
        self = status
    }
}
