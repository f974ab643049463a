import CLinux
import ShimProtocol

/// A PARK message, taken apart.
struct Parking {
    let spec: Int32
    let reply: Int32
    let joins: Joins
    let inherited: Inherited

    /// `nil` where kind, size or number of descriptors are not those of a PARK.
    init?(
        _ message: UnsafeRawBufferPointer, _ descriptors: UnsafeMutableBufferPointer<Int32>, _ count: Int,
        inherited: Inherited
    ) {
        let headerSize = MemoryLayout<shim_message>.size
        guard message.count >= headerSize + MemoryLayout<shim_launch>.size,
            message.load(as: shim_message.self).kind == SHIM_PARK.rawValue
        else { return nil }
        let body = message.load(fromByteOffset: headerSize, as: shim_launch.self)
        guard body.join_count <= SHIM_JOIN_LIMIT, count == 2 + Int(body.join_count) else { return nil }
        spec = descriptors[0]
        reply = descriptors[1]
        joins = Joins(body, descriptors, from: 2)
        self.inherited = inherited
    }
}

/// A monitor before it has a container: its init, or for an exec the monitor itself, has joined the cgroups, which on v1
/// takes a grace period of the kernel, and waits.
enum ParkedMonitor {
    /// Never returns: the fork of the launcher ends here or goes on as the monitor of a container or an exec.
    static func main(_ parking: Parking) -> Never {
        Monitor.becomeParent()
        do {
            let spec = try Spec(.file(parking.spec))
            let own = clinux_pidfd_open(clinux_getpid())
            if spec.has(SHIM_EXEC) {
                let waiting = try WaitingExec(parking, spec)
                tell(parking, own)
                guard let launch = try next(parking, -1) else { clinux_exit(0) }
                Monitor.run(launch, nil, waiting)
            }
            let parked = try ParkedInit(parking, spec)
            // What waits should not count as memory; what it runs next comes from the image again.
            _ = clinux_release_program_text()
            tell(parking, own)
            guard let launch = try next(parking, parked.pidfd) else { clinux_exit(0) }
            Monitor.run(launch, parked)
        } catch {
            Reply.failed(error, to: parking.reply)
            clinux_exit(1)
        }
    }

    private static func tell(_ parking: Parking, _ own: Int32) {
        _ = clinux_close(parking.spec)
        withUnsafeBytes(of: shim_parked(monitor: clinux_getpid(), reserved: 0)) {
            Reply.send(SHIM_PARKED, $0, descriptor: own, to: parking.reply)
        }
        _ = clinux_close(own)
    }

    /// Waits for the LAUNCH; `nil` when the daemon is gone or does not want us any more, and when the init has been killed:
    /// then the daemon finds nobody here and has another one made.
    private static func next(_ parking: Parking, _ pidfd: Int32) throws(Failure) -> Launch? {
        var list = PollList()
        repeat {
            list.removeAll()
            list.add(parking.reply)
            list.add(pidfd)
            list.wait(until: nil)
        } while !list.isReady(parking.reply) && !list.isReady(pidfd)
        if list.isReady(pidfd) { return nil }
        // Never given back: the spec may be in it, and this process does nothing else.
        let message = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(SHIM_LAUNCH_ROOM + SHIM_CARRIED_SPEC_LIMIT), alignment: 8)
        return try withUnsafeTemporaryAllocation(of: Int32.self, capacity: Launch.descriptorLimit) {
            descriptors throws(Failure) -> Launch? in
            var count = descriptors.count
            let length = clinux_receive(
                parking.reply, message.baseAddress, message.count, descriptors.baseAddress, &count, 1)
            if length <= 0, length != -Int64(Errno.messageTooLong) { return nil }
            let launch = Launch(
                UnsafeRawBufferPointer(rebasing: message[0..<max(0, Int(length))]), descriptors, count,
                parked: parking.reply, received: clinux_monotonic_ns(), inherited: parking.inherited)
            guard let launch else { throw Failure(SHIM_STEP_PROTOCOL, Errno.protocolError) }
            return launch
        }
    }
}

/// An init that waits for its container, as its monitor holds it.
struct ParkedInit {
    let pid: Int32
    let pidfd: Int32
    /// Where its first failure comes from; its end tells of success.
    let report: Int32
    let phases: Phases
    private let handover: Int32

    /// Clones the init and waits until it is in its cgroups.
    init(_ parking: Parking, _ spec: Spec) throws(Failure) {
        let born = try spec.namespaces()
        phases = try Phases()
        var ends: [Int32] = [-1, -1]
        try check(SHIM_STEP_FORK, nil, clinux_pipe(&ends))
        var pair: [Int32] = [-1, -1]
        try check(SHIM_STEP_FORK, nil, clinux_seqpacket_pair(&pair))
        var pidfd: Int32 = -1
        let child = try check(SHIM_STEP_CLONE, nil, clinux_clone(born, &pidfd, -1))
        if child == 0 {
            _ = clinux_close(pair[0])
            _ = clinux_close(parking.reply)
            WaitingInit(
                report: ends[1], handover: pair[1], phases: phases.pointer, born: born,
                inherited: parking.inherited
            ).run(spec)
        }
        _ = clinux_close(ends[1])
        _ = clinux_close(pair[1])
        pid = child
        self.pidfd = pidfd
        report = ends[0]
        handover = pair[0]
        try awaitParked()
    }

    /// One byte says that it waits; a failure ends its socket and stands in the report.
    private func awaitParked() throws(Failure) {
        var mark: UInt8 = 0
        var count = 0
        if clinux_receive(handover, &mark, 1, nil, &count, 1) == 1 { return }
        try ContainerProcess.awaitExec(report, pidfd)
        throw Failure(SHIM_STEP_FORK, Errno.protocolError)
    }

    /// Gives it its container.
    func handOver(_ launch: Launch, spec: Spec, stdio: ChildStdio) throws(Failure) {
        var message = shim_handover()
        message.has_terminal = spec.has(SHIM_TERMINAL) ? 1 : 0
        message.launch.join_count = UInt32(launch.joins.types.count)
        withUnsafeMutableBytes(of: &message.launch.joins) { room in
            for (index, type) in launch.joins.types.enumerated() {
                room.storeBytes(of: type, toByteOffset: index * 8, as: UInt64.self)
            }
        }
        guard case .file(let file) = launch.spec else { throw Failure(SHIM_STEP_PROTOCOL, Errno.protocolError) }
        var passed = [file]
        passed += spec.has(SHIM_TERMINAL) ? [stdio.terminalSocket] : [stdio.input, stdio.output, stdio.error]
        passed += launch.joins.descriptors
        let sent = withUnsafeBytes(of: message) {
            clinux_send(handover, $0.baseAddress, $0.count, &passed, passed.count, 1)
        }
        _ = clinux_close(handover)
        try check(SHIM_STEP_FORK, nil, sent)
    }
}

/// What runs in an init before it has a container.
struct WaitingInit {
    let report: Int32
    let handover: Int32
    let phases: UnsafeMutablePointer<Int64>
    let born: UInt64
    let inherited: Inherited

    private static let descriptorLimit = 4 + Int(SHIM_JOIN_LIMIT)

    /// Joins the cgroups, waits, and becomes the container's init; ends without a word when the monitor does.
    func run(_ spec: Spec) -> Never {
        _ = clinux_block_signals(0)
        // As in every init before its command (see ContainerProcess).
        _ = clinux_set_dumpable(0)
        do {
            try Namespaces.joinCgroups(spec)
            _ = clinux_release_program_text()
            let mark: UInt8 = 1
            try check(
                SHIM_STEP_FORK, nil,
                withUnsafeBytes(of: mark) { clinux_send(handover, $0.baseAddress, 1, nil, 0, 1) })
            try take().run()
        } catch {
            withUnsafeBytes(of: error.message) { _ = clinux_write(report, $0.baseAddress, $0.count) }
        }
        clinux_exit(127)
    }

    private func take() throws(Failure) -> Init {
        var message = shim_handover()
        var passed = [Int32](repeating: -1, count: Self.descriptorLimit)
        var count = passed.count
        let size = MemoryLayout<shim_handover>.size
        let length = withUnsafeMutableBytes(of: &message) {
            clinux_receive(handover, $0.baseAddress, size, &passed, &count, 1)
        }
        if length <= 0 { clinux_exit(0) }
        _ = clinux_close(handover)
        let first = message.has_terminal == 1 ? 2 : 4
        guard length == Int64(size), message.launch.join_count <= SHIM_JOIN_LIMIT,
            count == first + Int(message.launch.join_count)
        else { throw Failure(SHIM_STEP_PROTOCOL, Errno.protocolError) }
        let stdio =
            message.has_terminal == 1
            ? ChildStdio(input: -1, output: -1, error: -1, terminalSocket: passed[1])
            : ChildStdio(input: passed[1], output: passed[2], error: passed[3], terminalSocket: -1)
        let joins = passed.withUnsafeMutableBufferPointer { Joins(message.launch, $0, from: first) }
        let launch = Launch(handedOver: .file(passed[0]), joins: joins, inherited: inherited)
        return Init(
            spec: try Spec(launch.spec), launch: launch, stdio: stdio, report: report, phases: phases,
            born: born)
    }
}
