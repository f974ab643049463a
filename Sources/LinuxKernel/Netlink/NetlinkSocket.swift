import CLinux
import Glibc

/// A netlink(7) socket of the network namespace that the calling thread is in; it stays there wherever the thread goes.
///
/// Not for two threads at once: answers are matched to requests by a counter.
public final class NetlinkSocket {
    /// The families that Drydock speaks.
    public enum Family: Int32, Sendable {
        /// rtnetlink(7): links, addresses, routes.
        case route = 0
        /// Netfilter: tables, chains, rules, sets.
        case netfilter = 12
    }

    /// How long an answer may take. The kernel answers while the request is sent; this only bounds a kernel that is ill.
    static let patience: Int32 = 5_000

    /// The open socket.
    public let descriptor: FileDescriptor
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    private var sequence: UInt32 = 0

    /// Opens a socket.
    ///
    /// - Parameter groups: the mask of multicast groups to listen to; none for requests.
    public init(_ family: Family, groups: UInt32 = 0) throws(SystemError) {
        descriptor = FileDescriptor(
            try SystemCall.check(clinux_netlink_open(family.rawValue, groups), "open a netlink socket (\(family))"))
    }

    deinit { buffer.deallocate() }

    /// The address that the kernel writes into notifications caused by this socket's requests.
    public var port: UInt32 {
        get throws(SystemError) {
            UInt32(
                truncatingIfNeeded: try SystemCall.check(
                    clinux_netlink_port(descriptor.number), "read a netlink socket's address"))
        }
    }

    /// Sends the messages and waits until each that asks for it is acknowledged; the first refusal is thrown.
    public func perform(_ request: NetlinkRequest) throws(SystemError) {
        let first = try send(request)
        var awaited = request.entries.count { $0.isAcknowledged }
        var refusal: SystemError?
        while awaited > 0 {
            // After a refusal only what has come already is looked at: the kernel may answer nothing else.
            guard let datagram = try receive(waiting: refusal == nil) else { break }
            try NetlinkMessage.each(in: datagram) { (message) throws(SystemError) in
                let position = Int(message.sequence &- first)
                guard message.type == 2, request.entries.indices.contains(position) else { return }
                awaited -= 1
                guard refusal == nil else { return }
                refusal = Self.refusal(message, of: request.entries[position].action)
            }
        }
        if let refusal { throw refusal }
    }

    /// Sends one question and hands over every message of the answer; `nil` where the object does not exist.
    @discardableResult
    public func ask(
        _ request: NetlinkRequest, _ body: (NetlinkMessage) throws(SystemError) -> Void
    ) throws(SystemError) -> Bool {
        let first = try send(request)
        let action = request.entries.first?.action ?? "ask over netlink"
        let isDump = request.isDump
        var isOver = false
        var exists = true
        while !isOver {
            guard let datagram = try receive(waiting: true) else { break }
            try NetlinkMessage.each(in: datagram) { (message) throws(SystemError) in
                guard message.sequence == first else { return }
                if message.type == 3 {  // NLMSG_DONE
                    isOver = true
                } else if message.type == 2 {
                    isOver = true
                    guard let refusal = Self.refusal(message, of: action) else { return }
                    guard refusal.isAbsence else { throw refusal }
                    exists = false
                } else {
                    try body(message)
                    if !isDump { isOver = true }
                }
            }
        }
        return exists
    }

    /// The next datagram, without waiting: `nil` where there is none; ENOBUFS where some were lost.
    public func receiveNotification() throws(SystemError) -> UnsafeRawBufferPointer? { try receive(waiting: false) }

    private func send(_ request: NetlinkRequest) throws(SystemError) -> UInt32 {
        var request = request
        let first = sequence &+ 1
        for (index, entry) in request.entries.enumerated() {
            request.store(first &+ UInt32(index), at: entry.offset + 8)
        }
        sequence = first &+ UInt32(request.entries.count)
        let sent = request.bytes.withUnsafeBytes {
            clinux_send(descriptor.number, $0.baseAddress, $0.count, nil, 0, 1)
        }
        try SystemCall.check(sent, request.entries.first?.action ?? "send over netlink")
        return first
    }

    private func receive(waiting: Bool) throws(SystemError) -> UnsafeRawBufferPointer? {
        while true {
            var count = 0
            let length = clinux_receive(descriptor.number, buffer.baseAddress, buffer.count, nil, &count, 0)
            guard length == -Int64(EAGAIN) else {
                let length = try SystemCall.check(length, "receive over netlink")
                return UnsafeRawBufferPointer(rebasing: buffer[..<Int(length)])
            }
            guard waiting else { return nil }
            var ready = clinux_ready(fd: descriptor.number, events: Int16(POLLIN), ready: 0)
            guard try SystemCall.check(clinux_poll(&ready, 1, Self.patience), "wait for netlink") > 0 else {
                throw SystemError(action: "get an answer over netlink", errno: ETIMEDOUT)
            }
        }
    }

    /// What an NLMSG_ERROR says: nothing where it is an acknowledgement.
    private static func refusal(_ message: NetlinkMessage, of action: String) -> SystemError? {
        guard message.payload.count >= 4 else { return SystemError(action: action, errno: EBADMSG) }
        let code = message.payload.loadUnaligned(as: Int32.self)
        guard code != 0 else { return nil }
        // struct nlmsgerr: the code and the header of the request, then NLMSGERR_ATTR_MSG (1) with the kernel's reason.
        let reason = message.payload.count > 20 ? message.attributes(after: 20)[1]?.text : nil
        return SystemError(action: reason.map { "\(action) (\($0))" } ?? action, errno: -code)
    }
}

extension NetlinkRequest {
    /// Whether the one message asks for all objects, so that NLMSG_DONE ends the answer.
    fileprivate var isDump: Bool {
        guard let first = entries.first else { return false }
        let flags = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: first.offset + 6, as: UInt16.self) }
        return flags & Flags.dump.rawValue == Flags.dump.rawValue
    }
}

extension SystemError {
    /// Whether the object that was asked for does not exist.
    public var isAbsence: Bool { errno == ENODEV || errno == ENOENT }
}
