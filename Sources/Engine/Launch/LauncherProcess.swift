import CLinux
import LinuxKernel
import ShimProtocol
import Synchronization

/// One running drydock-shim.
final class LauncherProcess: MonitorLoop.Handler {
    private let pidfd: FileDescriptor
    private let socket: Mutex<FileDescriptor?>

    init(_ executable: ShimExecutable) throws(LaunchError) {
        var pair: [Int32] = [-1, -1]
        let made = clinux_seqpacket_pair(&pair)
        if made < 0 { throw LaunchError(.launcher, errno: -made) }
        let ours = FileDescriptor(pair[0])
        let theirs = FileDescriptor(pair[1])
        let null = clinux_openat2(CLINUX_AT_FDCWD, "/dev/null", CLINUX_O_RDWR, 0, 0)
        if null < 0 { throw LaunchError(.launcher, errno: -null, detail: "/dev/null") }
        let nothing = FileDescriptor(null)
        let descriptors = [null, null, null, theirs.number, executable.image.number]
        let pid = "drydock-shim".withCString { name in
            var arguments: [UnsafeMutablePointer<CChar>?] = [UnsafeMutablePointer(mutating: name), nil]
            var environment: [UnsafeMutablePointer<CChar>?] = [nil]
            // A session of its own: Ctrl-C at the daemon's terminal is not for it.
            return clinux_spawn(
                "/proc/self/fd/\(SHIM_IMAGE_DESCRIPTOR)", &arguments, &environment, descriptors, descriptors.count, 1)
        }
        withExtendedLifetime((nothing, theirs, executable)) {}
        if pid < 0 { throw LaunchError(.launcher, errno: -pid) }
        let opened = clinux_pidfd_open(pid)
        if opened < 0 { throw LaunchError(.launcher, errno: -opened) }
        pidfd = FileDescriptor(opened)
        socket = Mutex(ours)
        try MonitorLoop.shared.watch(opened, CLINUX_EPOLLIN, self)
    }

    /// Passes a request on; `false` where the launcher is gone.
    ///
    /// The socket holds some hundred requests and the launcher takes each within a fraction of a millisecond, so a full
    /// one means that it hangs.
    func send(_ request: LaunchRequest) throws(LaunchError) -> Bool {
        guard let socket = socket.withLock({ $0 }) else { return false }
        let sent = request.send(over: socket)
        if sent == -Int64(LaunchError.tryAgain) { throw LaunchError(.launcher, errno: LaunchError.tryAgain) }
        return sent > 0
    }

    /// Lets it end by itself: it does when its socket is closed.
    func stop() { socket.withLock { $0 = nil } }

    func ready(_ descriptor: Int32) {
        MonitorLoop.shared.forget(descriptor)
        stop()
        var status = clinux_exit_status()
        clinux_wait_pidfd(pidfd.number, 0, &status)
    }

    func deadline(now: Int64) -> Int64? { nil }
}
