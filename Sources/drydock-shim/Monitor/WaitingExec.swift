import CLinux
import ShimProtocol

/// What a monitor that waits for an exec has taken on already: all that does not depend on the command.
struct WaitingExec {
    let home: Home
    let supplies: Supplies

    /// Goes where the command will run and, where the PARK says so, under its filter: the command has both from its birth.
    init(_ parking: Parking, _ spec: Spec) throws(Failure) {
        home = try Home(spec)
        supplies = try Supplies()
        try Namespaces.joinCgroups(spec)
        // Nobody of the container's may look into who is about to be in its namespaces.
        _ = clinux_set_dumpable(0)
        try parking.joins.enterForChildren()
        try parking.joins.enter()
        parking.joins.close()
        try Confinement.begin(spec)
    }
}

/// What a process is begun with, made while there is time.
struct Supplies {
    let streams: OutputPipes
    let report: Pipe
    let phases: Phases
    let stack: UnsafeMutableRawPointer

    init() throws(Failure) {
        streams = try OutputPipes()
        report = try Pipe(SHIM_STEP_FORK)
        phases = try Phases()
        guard let stack = clinux_map_stack() else { throw Failure(SHIM_STEP_FORK, Errno.noMemory) }
        self.stack = stack
    }
}

/// The cgroups that a monitor came from, as files that take it back.
struct Home {
    private var files: [Int32] = []

    /// No home at all, for a monitor that never left.
    init() {}

    init(_ spec: Spec) throws(Failure) {
        try spec.each(SHIM_HOME) { record throws(Failure) in
            let path = record.string
            files.append(
                try check(SHIM_STEP_CGROUP, path, clinux_openat2(CLINUX_AT_FDCWD, path, CLINUX_O_WRONLY, 0, 0)))
        }
    }

    var isElsewhere: Bool { files.isEmpty == false }

    /// Goes there, once; a cgroup that is gone meanwhile keeps nobody from its work.
    mutating func enter() {
        for file in files {
            let own = UInt8(ascii: "0")
            withUnsafeBytes(of: own) { _ = clinux_write(file, $0.baseAddress, 1) }
            _ = clinux_close(file)
        }
        files = []
    }
}
