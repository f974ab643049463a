import NIOCore
import Synchronization

/// The connections that are open: how many, and a way to end them.
final class ConnectionTable: Sendable {
    private struct Open {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isClosing = false
        var whenEmpty: [CheckedContinuation<Void, Never>] = []
    }

    private let limit: Int
    private let open = Mutex(Open())

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether the server takes no further requests.
    var isClosing: Bool { open.withLock { $0.isClosing } }

    /// How many connections are open.
    var count: Int { open.withLock { $0.channels.count } }

    /// Takes a connection in; false where there are too many.
    func add(_ channel: any Channel) -> Bool {
        let taken = open.withLock { open in
            guard open.channels.count < limit, !open.isClosing else { return false }
            open.channels[ObjectIdentifier(channel)] = channel
            return true
        }
        if taken { channel.closeFuture.whenComplete { [self] _ in remove(channel) } }
        return taken
    }

    private func remove(_ channel: any Channel) {
        let waiting = open.withLock { open in
            open.channels[ObjectIdentifier(channel)] = nil
            guard open.channels.isEmpty else { return [CheckedContinuation<Void, Never>]() }
            defer { open.whenEmpty = [] }
            return open.whenEmpty
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Asks every connection to end after the answer it is at: idle ones end now.
    func beginClosing() {
        let channels = open.withLock { open in
            open.isClosing = true
            return Array(open.channels.values)
        }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ServerIsClosing()) }
    }

    /// Ends what is still open.
    func closeAll() {
        for channel in open.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }

    /// Returns when no connection is open.
    func empty() async {
        await withCheckedContinuation { continuation in
            let isEmpty = open.withLock { open in
                if !open.channels.isEmpty { open.whenEmpty.append(continuation) }
                return open.channels.isEmpty
            }
            if isEmpty { continuation.resume() }
        }
    }
}

/// Told to connections when the server closes.
struct ServerIsClosing: Sendable {}
