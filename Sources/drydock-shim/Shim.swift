import CLinux

/// The static executable that launches, watches and logs containers.
///
/// It is started once, as the launcher, with its socket to the daemon on descriptor 3; monitors and inits are forks of
/// it that never execute again (a monitor) or only the container's command (an init).
@main
struct Shim {
    static func main() {
        let socket: Int32 = 3
        var launcher = Launcher(socket: socket)
        launcher.run()
        clinux_exit(0)
    }
}
