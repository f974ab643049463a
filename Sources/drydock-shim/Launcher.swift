import CLinux
import ShimProtocol

/// Takes LAUNCH messages from the daemon and forks a monitor for each; single-threaded, so that forking is safe.
struct Launcher {
    private let socket: Int32

    init(socket: Int32) {
        self.socket = socket
    }

    /// Serves until the daemon is gone: then the launcher ends, and its monitors go on under the system's init.
    mutating func run() {
        // Monitors are not waited for: what became of a container is in its exit record.
        _ = clinux_ignore_signal(Signal.child)
        _ = clinux_ignore_signal(Signal.pipe)
        var message = [UInt8](repeating: 0, count: Int(SHIM_MESSAGE_LIMIT))
        while true {
            var descriptors = [Int32](repeating: -1, count: 4)
            var count = descriptors.count
            let length = message.withUnsafeMutableBytes { bytes in
                clinux_receive(socket, bytes.baseAddress, bytes.count, &descriptors, &count, 1)
            }
            if length == 0 { return }
            if length < 0 {
                // A message too long or with too many descriptors is refused; any other error means the socket is gone.
                if -length == Int64(Errno.messageTooLong) { continue }
                return
            }
            let received = clinux_monotonic_ns()
            let kind = message.withUnsafeBytes { $0.load(as: shim_message.self).kind }
            if kind == SHIM_LAUNCH.rawValue, count >= 3 {
                launch(descriptors, count, received)
            }
            for index in 0..<count { _ = clinux_close(descriptors[index]) }
        }
    }

    private func launch(_ descriptors: [Int32], _ count: Int, _ received: Int64) {
        let reply = descriptors[2]
        let child = clinux_clone(0, nil, -1)
        if child == 0 {
            _ = clinux_close(socket)
            Monitor.main(
                specDescriptor: descriptors[0], state: descriptors[1], control: reply,
                extra: count > 3 ? descriptors[3] : -1, received: received)
        }
        if child < 0 { Reply.failed(Failure(SHIM_STEP_FORK, -child), to: reply) }
    }
}

/// The two answers to LAUNCH.
enum Reply {
    static func failed(_ failure: Failure, to socket: Int32) {
        var body = failure.message
        withUnsafeBytes(of: &body) { send(SHIM_FAILED, $0, to: socket) }
    }

    static func started(_ started: shim_started, to socket: Int32) {
        var body = started
        withUnsafeBytes(of: &body) { send(SHIM_STARTED, $0, to: socket) }
    }

    /// A daemon that is gone cannot be told; it reads the exit record when it comes back.
    static func send(_ kind: shim_message_kind, _ body: UnsafeRawBufferPointer, to socket: Int32) {
        var message = shim_message(kind: kind.rawValue, length: UInt32(body.count))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(MemoryLayout<shim_message>.size + body.count)
        withUnsafeBytes(of: &message) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: body)
        _ = bytes.withUnsafeBytes { clinux_send(socket, $0.baseAddress, $0.count, nil, 0, 1) }
    }
}

/// Signal numbers (signal(7), the same on every Linux architecture that Swift runs on).
enum Signal {
    static let kill: Int32 = 9
    static let pipe: Int32 = 13
    static let terminate: Int32 = 15
    static let child: Int32 = 17
}
