import CLinux
import ShimProtocol

/// Takes LAUNCH and PARK messages from the daemon and forks a monitor for each; single-threaded, so that forking is safe.
struct Launcher {
    private let socket: Int32
    private let inherited: Inherited

    init(socket: Int32) {
        self.socket = socket
        let places = HostPlaces.open()
        inherited = Inherited(
            outOfMemoryScore: Limits.protectFromOutOfMemory(proc: places.proc), nice: Scheduling.niceOfDaemon(),
            places: places)
        Scheduling.takeShortTurns()
    }

    /// Serves until the daemon is gone: then the launcher ends, and its monitors go on under the system's init.
    func run() {
        // Blocked rather than ignored: the mask is all that an init has to reset. SIGCHLD alone is ignored, because
        // monitors are not waited for: what became of a container is in its exit record.
        _ = clinux_block_signals(1)
        _ = clinux_ignore_signal(Signal.child)
        let room = Int(SHIM_LAUNCH_ROOM)
        withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { message in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: Launch.descriptorLimit) { descriptors in
                while next(message, descriptors) {}
            }
        }
    }

    /// Takes one message; `false` when the socket is gone.
    private func next(_ message: UnsafeMutableRawBufferPointer, _ descriptors: UnsafeMutableBufferPointer<Int32>)
        -> Bool
    {
        var count = descriptors.count
        let length = clinux_receive(socket, message.baseAddress, message.count, descriptors.baseAddress, &count, 1)
        // A message too long or with too many descriptors is refused; any other error means the socket is gone.
        if length == -Int64(Errno.messageTooLong) { return true }
        if length <= 0 { return false }
        let received = clinux_monotonic_ns()
        let bytes = UnsafeRawBufferPointer(rebasing: message[0..<Int(length)])
        if let launch = Launch(bytes, descriptors, count, received: received, inherited: inherited) {
            fork(reply: launch.reply) { Monitor.main(launch) }
        } else if let parking = Parking(bytes, descriptors, count, inherited: inherited) {
            fork(reply: parking.reply) { ParkedMonitor.main(parking) }
        } else if count > 1 {
            Reply.failed(Failure(SHIM_STEP_PROTOCOL, Errno.protocolError), to: descriptors[1])
        }
        for index in 0..<count { _ = clinux_close(descriptors[index]) }
        return true
    }

    private func fork(reply: Int32, _ body: () -> Never) {
        let child = clinux_clone(0, nil, -1)
        if child == 0 {
            _ = clinux_close(socket)
            body()
        }
        if child < 0 { Reply.failed(Failure(SHIM_STEP_FORK, -child), to: reply) }
    }
}

/// What every fork of the launcher has from it, so that an init sets its own only where it differs.
struct Inherited {
    /// The OOM score adjustment.
    let outOfMemoryScore: Int32
    /// What a container's process goes back to: the nice value that the daemon was started with.
    let nice: Int32
    let places: HostPlaces
}

/// Folders of the host, for who has its mounts out of sight already; -1 where they could not be opened.
struct HostPlaces {
    /// `/proc`.
    let proc: Int32
    /// `/dev`.
    let devices: Int32

    static func open() -> HostPlaces {
        func folder(_ path: StaticString) -> Int32 {
            clinux_openat2(
                CLINUX_AT_FDCWD, StaticText.pointer(path), CLINUX_O_PATH | CLINUX_O_DIRECTORY, 0,
                CLINUX_RESOLVE_NO_SYMLINKS)
        }
        return HostPlaces(proc: folder("/proc"), devices: folder("/dev"))
    }

    /// Before anything of the container's is looked at: what stays open is a way out of it (CVE-2024-21626).
    func close() {
        for descriptor in [proc, devices] where descriptor >= 0 { _ = clinux_close(descriptor) }
    }
}

/// A LAUNCH message, taken apart.
struct Launch {
    static let descriptorLimit = 3 + Int(SHIM_JOIN_LIMIT)

    let spec: SpecSource
    let reply: Int32
    /// The state directory, or -1.
    let state: Int32
    let joins: Joins
    /// CLOCK_MONOTONIC, nanoseconds.
    let received: Int64
    let inherited: Inherited

    /// `nil` where kind, size or number of descriptors are not those of a LAUNCH.
    ///
    /// - Parameter parked: the reply socket of a parked monitor, which the message came over; `nil` for one that brings
    ///   its own.
    init?(
        _ message: UnsafeRawBufferPointer, _ descriptors: UnsafeMutableBufferPointer<Int32>, _ count: Int,
        parked: Int32? = nil, received: Int64, inherited: Inherited
    ) {
        let headerSize = MemoryLayout<shim_message>.size
        guard message.count >= headerSize + MemoryLayout<shim_launch>.size,
            message.load(as: shim_message.self).kind == SHIM_LAUNCH.rawValue
        else { return nil }
        let body = message.load(fromByteOffset: headerSize, as: shim_launch.self)
        let carried = message[(headerSize + MemoryLayout<shim_launch>.size)...]
        let isCarried = body.spec_size > 0
        let first = (isCarried ? 0 : 1) + (parked == nil ? 1 : 0) + (body.has_state == 1 ? 1 : 0)
        guard body.join_count <= SHIM_JOIN_LIMIT, count == first + Int(body.join_count),
            carried.count == Int(body.spec_size)
        else { return nil }
        spec = isCarried ? .carried(UnsafeRawBufferPointer(rebasing: carried)) : .file(descriptors[0])
        reply = parked ?? descriptors[1]
        state = body.has_state == 1 ? descriptors[first - 1] : -1
        joins = Joins(body, descriptors, from: first)
        self.received = received
        self.inherited = inherited
    }

    /// What an init that waited knows of its launch.
    init(handedOver spec: SpecSource, joins: Joins, inherited: Inherited) {
        self.spec = spec
        reply = -1
        state = -1
        self.joins = joins
        received = 0
        self.inherited = inherited
    }
}

extension Launch {
    /// Closes what only the start needed: a namespace or a pidfd held on to would keep others' containers alive.
    func closeStart() {
        if case .file(let descriptor) = spec { _ = clinux_close(descriptor) }
        joins.close()
    }
}

/// Where a spec is.
enum SpecSource {
    /// A sealed memfd.
    case file(Int32)
    /// The message that it came with, which stays where it is.
    case carried(UnsafeRawBufferPointer)
}

/// The namespaces that are joined instead of made.
struct Joins {
    private(set) var descriptors: [Int32] = []
    private(set) var types: [UInt64] = []

    init(_ launch: shim_launch, _ all: UnsafeMutableBufferPointer<Int32>, from first: Int) {
        withUnsafeBytes(of: launch.joins) { bytes in
            for index in 0..<Int(launch.join_count) {
                descriptors.append(all[first + index])
                types.append(bytes.load(fromByteOffset: index * 8, as: UInt64.self))
            }
        }
    }

    /// What is the parent's business, before it clones: the PID namespace is joined for children alone, and that of time
    /// only by a process that shares its memory with nobody (setns(2)).
    private static var parents: UInt64 { CLINUX_CLONE_NEWPID | CLINUX_CLONE_NEWTIME }

    /// Joins those that a process's parent joins for it.
    func enterForChildren() throws(Failure) { try enter(only: Self.parents) }

    /// Joins all the others.
    func enter() throws(Failure) { try enter(only: ~Self.parents) }

    func close() {
        for descriptor in descriptors { _ = clinux_close(descriptor) }
    }

    private func enter(only mask: UInt64) throws(Failure) {
        for index in 0..<types.count where types[index] & mask != 0 {
            try check(SHIM_STEP_NAMESPACE, nil, clinux_setns(descriptors[index], types[index] & mask))
        }
    }
}

/// The two answers to LAUNCH.
enum Reply {
    static func failed(_ failure: Failure, to socket: Int32) {
        withUnsafeBytes(of: failure.message) { send(SHIM_FAILED, $0, to: socket) }
    }

    /// A daemon that is gone cannot be told; it reads the exit record when it comes back.
    static func send(
        _ kind: shim_message_kind, _ body: UnsafeRawBufferPointer, descriptor: Int32 = -1, to socket: Int32
    ) {
        let header = shim_message(kind: kind.rawValue, length: UInt32(body.count))
        let headerSize = MemoryLayout<shim_message>.size
        withUnsafeTemporaryAllocation(byteCount: headerSize + body.count, alignment: 8) { room in
            room.storeBytes(of: header, as: shim_message.self)
            UnsafeMutableRawBufferPointer(rebasing: room[headerSize...]).copyMemory(from: body)
            var passed = descriptor
            _ = clinux_send(socket, room.baseAddress, room.count, &passed, descriptor >= 0 ? 1 : 0, 1)
        }
    }
}

/// Signal numbers (signal(7), the same on every Linux architecture that Swift runs on).
enum Signal {
    static let kill: Int32 = 9
    static let child: Int32 = 17
    static let stop: Int32 = 19
    static let terminalStop: Int32 = 20
    static let terminalInput: Int32 = 21
    static let terminalOutput: Int32 = 22
}
