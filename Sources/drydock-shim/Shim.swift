import CLinux
import ShimProtocol

/// The static executable that launches, watches and logs containers.
///
/// It is started once, as the launcher, from a sealed copy of itself; monitors and inits are forks of
/// it that never execute again (a monitor, the reaper of `--init`) or only the container's command (an init).
@main
struct Shim {
    static func main() {
        _ = clinux_close(SHIM_IMAGE_DESCRIPTOR)
        Launcher(socket: SHIM_SOCKET_DESCRIPTOR).run()
        clinux_exit(0)
    }
}
