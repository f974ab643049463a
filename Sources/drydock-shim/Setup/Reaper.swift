import CLinux
import ShimProtocol

/// Process 1 of a container with `--init`: passes signals on to the command, collects orphans, and ends as the command
/// does. It is this image itself, confined like the command, not executed again.
enum Reaper {
    /// Forks: returns in the child, which is to become the command; the parent stays here until it ends.
    static func becomeOrReturnInChild() throws(Failure) {
        _ = clinux_block_signals(1)
        // Where the PID namespace is another's, orphans would pass us by.
        if clinux_getpid() != 1 { try check(SHIM_STEP_FORK, nil, clinux_set_child_subreaper(1)) }
        let child = try check(SHIM_STEP_FORK, nil, clinux_fork())
        if child == 0 {
            // Without a terminal there is no foreground to take, which is no fault.
            _ = clinux_take_foreground(0)
            _ = clinux_block_signals(0)
            return
        }
        // The report pipe, too: only the command may hold it.
        _ = clinux_close_range(3, UInt32.max, 0)
        _ = clinux_set_name("docker-init")
        clinux_exit(serve(child))
    }

    /// Answers the exit code, 128 and the signal's number where one ended the command.
    private static func serve(_ child: Int32) -> Int32 {
        while true {
            let signal = clinux_wait_signal()
            switch signal {
            case Signal.child:
                if let code = reap(child) { return code }
            case Signal.terminalStop, Signal.terminalInput, Signal.terminalOutput:
                // The terminal's answer to us, who are in the background; the command gets its own.
                break
            case let number where number > 0: _ = clinux_kill(child, number)
            default: break
            }
        }
    }

    private static func reap(_ child: Int32) -> Int32? {
        var code: Int32?
        var status = clinux_exit_status()
        while clinux_wait(-1, 0, &status) == 1 {
            if status.pid == child { code = status.signaled == 1 ? 128 + status.code : status.code }
        }
        return code
    }
}
