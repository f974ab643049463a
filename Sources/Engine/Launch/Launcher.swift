import CLinux
import LinuxKernel
import ShimProtocol
import Synchronization

/// Starts containers and execs through drydock-shim, which it starts once, at the first use, and again when it has died.
public final class Launcher: Sendable {
    private let executable: ShimExecutable
    private let process = Mutex<LauncherProcess?>(nil)

    /// Reads the executable, and starts nothing yet.
    ///
    /// - Parameters:
    ///   - executable: a path; `nil` looks in `$DRYDOCK_SHIM`, beside this executable, and in `../libexec/drydock/`.
    ///   - environment: where `DRYDOCK_SHIM` is looked up.
    /// - Throws: step `launcher` where it is not found or cannot be read.
    public init(executable: String? = nil, environment: [String: String] = [:]) throws(LaunchError) {
        if let executable {
            self.executable = try ShimExecutable(executable)
        } else {
            self.executable = try ShimExecutable(ShimExecutable.find(environment: environment))
        }
    }

    deinit { stop() }

    /// Starts a container.
    ///
    /// - Parameters:
    ///   - stateDirectory: its own, where monitor.sock and the exit record will stand; an old record is removed.
    ///   - joining: namespaces of others, instead of those it makes.
    ///   - parked: a process that waits in the cgroups of the spec, to be used if it still does; its namespaces must be
    ///     among those of the spec.
    ///   - output: subscribers so far get its output from the first byte.
    /// - Throws: the step that failed, `busy` where the last run in that directory has not ended.
    public func launch(
        _ spec: ContainerSpec, stateDirectory: String, joining: [NamespaceJoin] = [], parked: ParkedProcess? = nil,
        output: OutputBroadcaster = OutputBroadcaster()
    ) async throws(LaunchError) -> RunningProcess {
        let directory = try StateDirectory(stateDirectory)
        guard try directory.lock() else { throw LaunchError(.busy, detail: stateDirectory) }
        let isAttached = output.hasSubscribers
        if let parked {
            var inside = spec
            inside.process.cgroup = CgroupPlacement()
            let connection = try handOver(
                try inside.encoded(isAttached: isAttached), directory.descriptor, statePath: stateDirectory, joining,
                to: parked, hasLog: spec.log != nil, isAttached: isAttached, output)
            if let connection { return try await RunningProcess(connection) }
        }
        let connection = try send(
            try spec.encoded(isAttached: isAttached), directory.descriptor, statePath: stateDirectory, joining,
            hasLog: spec.log != nil, isAttached: isAttached, output)
        return try await RunningProcess(connection)
    }

    /// Starts a command inside a running container, in all of its namespaces.
    ///
    /// It has no state directory: no daemon after this one will hear of its end.
    ///
    /// - Parameter parked: a monitor that waits in the cgroups of the spec, to be used if it still does and suits it.
    /// - Throws: the step that failed.
    public func exec(
        _ spec: ProcessSpec, inside container: RunningProcess, parked: ParkedProcess? = nil,
        output: OutputBroadcaster = OutputBroadcaster()
    ) async throws(LaunchError) -> RunningProcess {
        let isAttached = output.hasSubscribers
        if let parked, parked.suits(spec, inside: container) {
            var rest = spec
            rest.cgroup = CgroupPlacement()
            var joins = [NamespaceJoin(.all, of: container.pidfd)]
            if let place = parked.place {
                joins = []
                if !place.filter.isEmpty { rest.seccomp = [] }
                // Nothing is left to be dropped.
                rest.capabilities?.bounding = .max
            }
            let connection = try handOver(
                try rest.encoded(isAttached: isAttached), nil, statePath: nil, joins, to: parked, carriesSpec: true,
                hasLog: false, isAttached: isAttached, output)
            if let connection { return try await RunningProcess(connection) }
        }
        let connection = try send(
            try spec.encoded(isAttached: isAttached), nil, statePath: nil, [NamespaceJoin(.all, of: container.pidfd)],
            hasLog: false, isAttached: isAttached, output)
        return try await RunningProcess(connection)
    }

    /// Has a monitor and an init made that wait for their container, in these cgroups and namespaces.
    ///
    /// - Throws: step `launcher`, or the one that failed. Whether it came to wait is said by `ParkedProcess.isReady`.
    func park(_ placement: CgroupPlacement, _ namespaces: Namespaces) throws(LaunchError) -> ParkedProcess {
        var encoder = SpecEncoder(flags: [])
        try encoder.add(SHIM_NAMESPACES, shim_namespaces(flags: namespaces.rawValue))
        return try park(encoder, placement, nil)
    }

    /// Has a monitor made that waits in these cgroups of a container for a command to be run in it.
    ///
    /// - Parameters:
    ///   - home: the `cgroup.procs` files of the cgroups that it goes back to afterwards.
    ///   - place: where it waits besides; it serves no command that belongs elsewhere.
    /// - Throws: step `launcher`, or the one that failed. Whether it came to wait is said by `ParkedProcess.isReady`.
    func parkExec(
        _ placement: CgroupPlacement, home: [String], in place: ExecPlace? = nil
    ) throws(LaunchError) -> ParkedProcess {
        var encoder = SpecEncoder(flags: [SHIM_EXEC])
        for file in home { try encoder.add(SHIM_HOME, file) }
        if let place {
            if !place.filter.isEmpty { encoder.add(SHIM_SECCOMP, raw: place.filter) }
            let sets = CapabilitySets(bounding: place.bounding, permitted: 0, effective: 0)
            try encoder.add(SHIM_CAPABILITIES, sets.record)
        }
        return try park(encoder, placement, place)
    }

    private func park(
        _ begun: SpecEncoder, _ placement: CgroupPlacement, _ place: ExecPlace?
    ) throws(LaunchError) -> ParkedProcess {
        var encoder = begun
        for file in placement.procsFiles { try encoder.add(SHIM_CGROUP, file) }
        let joins = place.map { [NamespaceJoin(.all, of: $0.container.pidfd)] } ?? []
        let request = try LaunchRequest(parking: try encoder.finished(), joins: joins)
        guard try current().send(request) else { throw LaunchError(.launcher) }
        return ParkedProcess(socket: request.ours, place: place)
    }

    /// Gives a launch to a monitor that waits; nil where that has died: a new one does as well, in the same cgroups.
    private func handOver(
        _ spec: [UInt8], _ stateDirectory: FileDescriptor?, statePath: String?, _ joins: [NamespaceJoin],
        to parked: ParkedProcess, carriesSpec: Bool = false, hasLog: Bool, isAttached: Bool,
        _ output: OutputBroadcaster
    ) throws(LaunchError) -> MonitorConnection? {
        guard let socket = parked.take() else { return nil }
        let request = try LaunchRequest(
            spec: spec, stateDirectory: stateDirectory, joins: joins, parked: socket, carriesSpec: carriesSpec)
        guard request.send(over: socket) > 0 else { return nil }
        return MonitorConnection(
            socket: socket, statePath: statePath, hasLog: hasLog, isAttached: isAttached, output: output)
    }

    /// Ends the launcher process; monitors and containers go on, and the next start brings up another.
    public func stop() {
        let running = process.withLock { process in
            defer { process = nil }
            return process
        }
        running?.stop()
    }

    private func send(
        _ spec: [UInt8], _ stateDirectory: FileDescriptor?, statePath: String?, _ joins: [NamespaceJoin], hasLog: Bool,
        isAttached: Bool,
        _ output: OutputBroadcaster
    ) throws(LaunchError) -> MonitorConnection {
        let request = try LaunchRequest(spec: spec, stateDirectory: stateDirectory, joins: joins)
        // A launcher may have died unnoticed; a new one gets the message then, once.
        if try !current().send(request) {
            stop()
            guard try current().send(request) else { throw LaunchError(.launcher) }
        }
        return MonitorConnection(
            socket: request.ours, statePath: statePath, hasLog: hasLog, isAttached: isAttached, output: output)
    }

    private func current() throws(LaunchError) -> LauncherProcess {
        try process.withLock { process throws(LaunchError) in
            if let process { return process }
            let started = try LauncherProcess(executable)
            process = started
            return started
        }
    }
}

/// Namespaces of another process or of the daemon's own making, to be joined instead of made.
public struct NamespaceJoin: Sendable {
    let namespaces: Namespaces
    let descriptor: FileDescriptor

    /// Namespaces of a process by its pidfd, or one by the descriptor of its file (/proc/PID/ns/net).
    public init(_ namespaces: Namespaces, of descriptor: FileDescriptor) {
        self.namespaces = namespaces
        self.descriptor = descriptor
    }
}

/// A LAUNCH or PARK message with its descriptors.
struct LaunchRequest {
    let message: [UInt8]
    /// Our end of the conversation with the monitor.
    let ours: FileDescriptor
    private let kept: [FileDescriptor]
    var descriptors: [Int32] { kept.map(\.number) }

    /// - Parameters:
    ///   - parked: the conversation with a monitor that waits already; a new one is begun without.
    ///   - carriesSpec: whether a short spec goes with the message, as a monitor that waits for an exec takes it.
    init(
        spec: [UInt8], stateDirectory: FileDescriptor?, joins: [NamespaceJoin], parked: FileDescriptor? = nil,
        carriesSpec: Bool = false
    ) throws(LaunchError) {
        let isCarried = carriesSpec && spec.count <= Int(SHIM_CARRIED_SPEC_LIMIT)
        var passed = isCarried ? [] : [try Self.sealed(spec)]
        if let parked {
            ours = parked
        } else {
            let (near, far) = try Self.pair()
            ours = near
            passed.append(far)
        }
        kept = passed + [stateDirectory].compactMap(\.self) + joins.map(\.descriptor)
        message = try Self.message(
            SHIM_LAUNCH, hasState: stateDirectory != nil, joins, carrying: isCarried ? spec : [])
    }

    /// A PARK with its spec.
    init(parking spec: [UInt8], joins: [NamespaceJoin]) throws(LaunchError) {
        let (near, far) = try Self.pair()
        ours = near
        kept = [try Self.sealed(spec), far] + joins.map(\.descriptor)
        message = try Self.message(SHIM_PARK, hasState: false, joins, carrying: [])
    }

    private static func message(
        _ kind: shim_message_kind, hasState: Bool, _ joins: [NamespaceJoin], carrying spec: [UInt8]
    ) throws(LaunchError) -> [UInt8] {
        guard joins.count <= SHIM_JOIN_LIMIT else { throw LaunchError(.spec, errno: LaunchError.tooBig) }
        var body = shim_launch()
        body.has_state = hasState ? 1 : 0
        body.join_count = UInt32(joins.count)
        body.spec_size = UInt32(spec.count)
        withUnsafeMutableBytes(of: &body.joins) { room in
            for (index, join) in joins.enumerated() {
                room.storeBytes(of: join.namespaces.rawValue, toByteOffset: index * 8, as: UInt64.self)
            }
        }
        let length = MemoryLayout<shim_launch>.size + spec.count
        let head = shim_message(kind: kind.rawValue, length: UInt32(length))
        return withUnsafeBytes(of: head) { Array($0) } + withUnsafeBytes(of: body) { Array($0) } + spec
    }

    /// What clinux_send answers: how many bytes went, or -errno.
    func send(over socket: FileDescriptor) -> Int64 {
        let descriptors = descriptors
        return message.withUnsafeBytes {
            clinux_send(socket.number, $0.baseAddress, $0.count, descriptors, descriptors.count, 0)
        }
    }

    private static func pair() throws(LaunchError) -> (FileDescriptor, FileDescriptor) {
        var pair: [Int32] = [-1, -1]
        let answer = clinux_seqpacket_pair(&pair)
        if answer < 0 { throw LaunchError(.stdio, errno: -answer) }
        return (FileDescriptor(pair[0]), FileDescriptor(pair[1]))
    }

    private static func sealed(_ spec: [UInt8]) throws(LaunchError) -> FileDescriptor {
        let memory = clinux_memfd("spec", 0)
        if memory < 0 { throw LaunchError(.spec, errno: -memory) }
        let file = FileDescriptor(memory)
        let written = spec.withUnsafeBytes { clinux_write(memory, $0.baseAddress, $0.count) }
        guard written == spec.count, clinux_memfd_seal(memory) == 0 else {
            throw LaunchError(.spec, errno: written < 0 ? Int32(clamping: -written) : LaunchError.invalid)
        }
        return file
    }
}
