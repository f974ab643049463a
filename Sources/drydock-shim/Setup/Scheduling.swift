import CLinux
import ShimProtocol

/// How the kernel shares the processors out between the runtime and its containers (sched(7)).
enum Scheduling {
    /// The nice value of the daemon's first thread: that of this process is what a thread of its pool was given.
    static func niceOfDaemon() -> Int32 { clinux_nice(clinux_getppid()) }

    /// Asks for turns so short that whoever wakes gets one at once, and not when a container's process has had its own.
    /// No more of the processor is had by it. Linux before 6.12 does not know that; nothing depends on it.
    static func takeShortTurns() {
        _ = clinux_schedule(clinux_nice(0), CLINUX_SHORT_TURN_NS)
    }

    /// Makes a process that of any other program again, while it still may.
    static func reset(nice: Int32) throws(Failure) {
        try check(SHIM_STEP_SCHEDULING, nil, clinux_schedule(nice, 0))
    }
}
