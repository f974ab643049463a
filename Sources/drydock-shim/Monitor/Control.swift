import CLinux
import ShimProtocol

/// The monitor's conversation with the daemon: one connection at a time, over the reply socket at first and over
/// `monitor.sock` after the daemon was restarted.
struct Control {
    private(set) var connection: Int32
    private(set) var listener: Int32 = -1
    private let state: Int32
    private var isAttached: Bool
    private var owesTaken = false
    /// What a daemon hears first: how the process was started.
    private var started = shim_started()
    private var pidfd: Int32 = -1
    /// An output message that the daemon's socket had no room for; further output waits in the container's own pipes.
    private var pending: [UInt8] = []
    /// Room for one message in either direction, an output message's head in front.
    private let room: UnsafeMutableRawBufferPointer

    private static let headerSize = MemoryLayout<shim_message>.size
    private static let outputOffset = headerSize + MemoryLayout<shim_output>.size
    private static var socketName: CString { StaticText.pointer("monitor.sock") }

    struct Message {
        let kind: UInt32
        let body: UnsafeRawBufferPointer
    }

    /// Listens in the state directory from the beginning, so that a daemon which comes back during the start finds us;
    /// an exec has no directory, it ends with its daemon's interest.
    init(_ launch: Launch, isAttached: Bool) throws(Failure) {
        connection = launch.reply
        state = launch.state
        self.isAttached = isAttached
        room = .allocate(byteCount: Int(SHIM_MESSAGE_LIMIT), alignment: 8)
        guard state >= 0 else { return }
        _ = clinux_unlinkat(state, ExitRecord.name, 0)
        _ = clinux_unlinkat(state, Self.socketName, 0)
        // An address holds 108 bytes, a state directory's path perhaps more: it is the working directory for the bind.
        try check(SHIM_STEP_STDIO, nil, clinux_fchdir(state))
        listener = try check(SHIM_STEP_STDIO, Self.socketName, clinux_seqpacket_listen(Self.socketName, 4))
        try check(SHIM_STEP_STDIO, nil, clinux_chdir("/"))
    }

    /// Tells the daemon that the process runs, and every daemon that comes later.
    mutating func start(_ started: shim_started, pidfd: Int32) {
        self.started = started
        self.pidfd = pidfd
        sendStarted()
    }

    private func sendStarted() {
        withUnsafeBytes(of: started) { Reply.send(SHIM_STARTED, $0, descriptor: pidfd, to: connection) }
    }

    // MARK: - From the daemon

    /// Takes the newest daemon; an older connection is of a daemon that is gone or about to go.
    mutating func acceptDaemon() {
        let accepted = clinux_accept(listener)
        guard accepted >= 0 else { return }
        if clinux_peer_uid(accepted) != 0 {
            _ = clinux_close(accepted)
            return
        }
        drop()
        connection = accepted
        sendStarted()
    }

    mutating func drop() {
        if connection >= 0 { _ = clinux_close(connection) }
        connection = -1
        isAttached = false
        owesTaken = false
        pending = []
    }

    /// The next message of the daemon, valid until the next call; `nil` where there is none now.
    mutating func next() -> Message? {
        guard connection >= 0 else { return nil }
        var count = 0
        let length = clinux_receive(connection, room.baseAddress, room.count, nil, &count, 0)
        if length == -Int64(Errno.tryAgain) { return nil }
        guard length >= Self.headerSize else {
            drop()
            return nil
        }
        let header = room.load(as: shim_message.self)
        let size = min(Int(header.length), Int(length) - Self.headerSize)
        return Message(
            kind: header.kind, body: UnsafeRawBufferPointer(rebasing: room[Self.headerSize..<Self.headerSize + size]))
    }

    mutating func attach(_ on: Bool) { isAttached = on }

    // MARK: - To the daemon

    /// Whether an output message waits for room; then no more output is read.
    var isCongested: Bool { !pending.isEmpty }

    /// Whether something could be sent if the socket were writable.
    var wantsToSend: Bool { isCongested || owesTaken }

    /// Where output is read into.
    var outputRoom: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: room[Self.outputOffset...])
    }

    /// Sends the first `count` bytes of `outputRoom` to an attached daemon, or keeps them until its socket has room.
    mutating func sendOutput(_ count: Int, _ channel: shim_channel) {
        guard isAttached, connection >= 0 else { return }
        room.storeBytes(
            of: shim_message(
                kind: SHIM_OUTPUT.rawValue, length: UInt32(MemoryLayout<shim_output>.size + count)),
            as: shim_message.self)
        room.storeBytes(
            of: shim_output(channel: channel.rawValue, reserved: 0), toByteOffset: Self.headerSize,
            as: shim_output.self)
        let message = UnsafeRawBufferPointer(rebasing: room[0..<Self.outputOffset + count])
        let sent = clinux_send(connection, message.baseAddress, message.count, nil, 0, 0)
        if sent == -Int64(Errno.tryAgain) {
            pending.append(contentsOf: message)
        } else if sent < 0 {
            drop()
        }
    }

    /// Tells the daemon that its last STDIN is in the container's pipe and the next may come.
    mutating func acknowledgeInput() {
        owesTaken = true
        flush()
    }

    /// Tries to get rid of what is kept.
    mutating func flush() {
        guard connection >= 0 else { return }
        if !pending.isEmpty {
            let sent = pending.withUnsafeBytes { clinux_send(connection, $0.baseAddress, $0.count, nil, 0, 0) }
            if sent == -Int64(Errno.tryAgain) { return }
            if sent < 0 { return drop() }
            pending = []
        }
        guard owesTaken else { return }
        let message = shim_message(kind: SHIM_STDIN_TAKEN.rawValue, length: 0)
        let sent = withUnsafeBytes(of: message) { clinux_send(connection, $0.baseAddress, $0.count, nil, 0, 0) }
        if sent == -Int64(Errno.tryAgain) { return }
        if sent < 0 { return drop() }
        owesTaken = false
    }

    /// Sends what is kept and then the exit record, if the daemon takes both before the deadline.
    ///
    /// - Parameters:
    ///   - record: stands on disk already.
    ///   - unlocks: whether the next run may begin now, or only when `leave` is called.
    mutating func finish(_ record: shim_exit, unlocks: Bool, deadline: Int64) {
        owesTaken = false
        drain(until: deadline)
        if listener >= 0 {
            _ = clinux_unlinkat(state, Self.socketName, 0)
            _ = clinux_close(listener)
        }
        if unlocks { unlock() }
        let header = shim_message(kind: SHIM_EXITED.rawValue, length: UInt32(MemoryLayout<shim_exit>.size))
        withUnsafeBytes(of: header) { pending.append(contentsOf: $0) }
        withUnsafeBytes(of: record) { pending.append(contentsOf: $0) }
        drain(until: deadline)
    }

    /// Waits for the deadline, or for a daemon that says anything: that it is gone, or needs what is still held.
    func rest(until deadline: Int64) {
        guard connection >= 0 else { return }
        var list = PollList()
        list.add(connection)
        list.wait(until: deadline)
    }

    /// Lets the next run begin. The lock goes first, so that who sees the connection end finds it free.
    mutating func leave() {
        unlock()
        drop()
    }

    private func unlock() {
        if state >= 0 { _ = clinux_unlock(state) }
    }

    private mutating func drain(until deadline: Int64) {
        flush()
        while isCongested, connection >= 0, clinux_monotonic_ns() < deadline {
            var list = PollList()
            list.addWritable(connection, when: true)
            list.wait(until: deadline)
            flush()
        }
    }
}
