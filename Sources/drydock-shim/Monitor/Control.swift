import CLinux
import ShimProtocol

/// The monitor's conversation with the daemon: one connection at a time, over the reply socket at first and over
/// `monitor.sock` after the daemon was restarted.
struct Control {
    private(set) var connection: Int32
    private(set) var listener: Int32 = -1
    private var isAttached = false
    /// An output message that the daemon's socket had no room for; further output waits in the container's own pipes.
    private var pending: [UInt8] = []
    private var buffer: [UInt8]

    /// How much output fits one message.
    static let outputRoom =
        Int(SHIM_MESSAGE_LIMIT) - MemoryLayout<shim_message>.size - MemoryLayout<shim_output>.size

    struct Message {
        let kind: UInt32
        let body: UnsafeRawBufferPointer
    }

    /// Listens in the state directory; an exec has none, it ends with its daemon's interest.
    init(state: Int32, connection: Int32) throws(Failure) {
        self.connection = connection
        buffer = []
        guard state >= 0 else { return }
        // A socket's path is short and absolute nowhere: the state directory becomes the working directory for the bind.
        try check(SHIM_STEP_STDIO, nil, clinux_fchdir(state))
        let name = StaticText.pointer("monitor.sock")
        listener = try check(SHIM_STEP_STDIO, name, clinux_seqpacket_listen(name, 4))
    }

    var hasPending: Bool { !pending.isEmpty }

    /// Whether more output may be read from the container now.
    var acceptsOutput: Bool { pending.isEmpty }

    mutating func attach() { isAttached = true }

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
    }

    private mutating func drop() {
        if connection >= 0 { _ = clinux_close(connection) }
        connection = -1
        isAttached = false
        pending = []
    }

    /// The next message of the daemon, valid until the next call; `nil` where there is none now.
    mutating func next() -> Message? {
        guard connection >= 0 else { return nil }
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: Int(SHIM_MESSAGE_LIMIT)) }
        var count = 0
        let length = buffer.withUnsafeMutableBytes {
            clinux_receive(connection, $0.baseAddress, $0.count, nil, &count, 0)
        }
        if length == -Int64(Errno.tryAgain) { return nil }
        let headerSize = MemoryLayout<shim_message>.size
        guard length >= headerSize else {
            drop()
            return nil
        }
        return buffer.withUnsafeBytes { bytes in
            let header = bytes.load(as: shim_message.self)
            let room = min(Int(header.length), Int(length) - headerSize)
            return Message(
                kind: header.kind, body: UnsafeRawBufferPointer(rebasing: bytes[headerSize..<headerSize + room]))
        }
    }

    /// Sends output to an attached daemon, or keeps it until the daemon's socket has room.
    mutating func output(_ bytes: UnsafeRawBufferPointer, _ channel: shim_channel) {
        guard isAttached, connection >= 0 else { return }
        var header = shim_message(
            kind: SHIM_OUTPUT.rawValue, length: UInt32(MemoryLayout<shim_output>.size + bytes.count))
        var output = shim_output(channel: channel.rawValue, reserved: 0)
        pending.reserveCapacity(MemoryLayout<shim_message>.size + MemoryLayout<shim_output>.size + bytes.count)
        withUnsafeBytes(of: &header) { pending.append(contentsOf: $0) }
        withUnsafeBytes(of: &output) { pending.append(contentsOf: $0) }
        pending.append(contentsOf: bytes)
        flush()
    }

    /// Tries to get rid of the message that is kept.
    mutating func flush() {
        guard !pending.isEmpty else { return }
        let sent = pending.withUnsafeBytes { clinux_send(connection, $0.baseAddress, $0.count, nil, 0, 0) }
        if sent == -Int64(Errno.tryAgain) { return }
        if sent < 0 {
            drop()
        } else {
            pending.removeAll(keepingCapacity: true)
        }
    }

    func send(_ kind: shim_message_kind, _ body: UnsafeRawBufferPointer) {
        if connection >= 0 { Reply.send(kind, body, to: connection) }
    }

    /// Ends the conversation and takes the socket's name away.
    mutating func close(state: Int32) {
        drop()
        guard listener >= 0 else { return }
        _ = clinux_close(listener)
        _ = clinux_unlinkat(state, StaticText.pointer("monitor.sock"), 0)
    }
}
