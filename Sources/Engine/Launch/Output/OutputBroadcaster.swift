import CLinux
import Synchronization

/// Gives a process's output to any number of readers; one for each container, kept across its restarts, or exec.
///
/// Each subscription holds 1 MiB. When one is full, the process waits as on any pipe, and nothing is lost; where it has
/// a log, a reader that takes nothing for 30 s is cut off, and process and log go on.
public final class OutputBroadcaster: Sendable {
    /// How the process is told that it may have got its first or lost its last reader, or that one has room again; it asks
    /// `hasSubscribers` itself, since what two threads tell may come in any order.
    protocol Source: AnyObject, Sendable {
        func listenersChanged()
        func roomAgain()
    }

    private struct State {
        var subscriptions: [ObjectIdentifier: Weak] = [:]
        var source: (any Source)?
    }

    private struct Weak {
        weak var subscription: OutputSubscription?
    }

    private let state = Mutex(State())

    /// How long a reader may take nothing while the container's log waits for it, in nanoseconds.
    static let patience: Int64 = 30_000_000_000

    /// One without a process and without readers.
    public init() {}

    /// All output from now on; before a start, from the first byte. It ends when the process ends.
    public func subscribe() -> OutputSubscription {
        let subscription = OutputSubscription(self)
        let source = state.withLock { state -> (any Source)? in
            state.subscriptions[ObjectIdentifier(subscription)] = Weak(subscription: subscription)
            return state.subscriptions.count == 1 ? state.source : nil
        }
        source?.listenersChanged()
        return subscription
    }

    func remove(_ subscription: ObjectIdentifier) {
        let (source, isLast) = state.withLock { state in
            state.subscriptions[subscription] = nil
            return (state.source, state.subscriptions.isEmpty)
        }
        if isLast { source?.listenersChanged() }
        source?.roomAgain()
    }

    func hasRoomAgain() { state.withLock { $0.source }?.roomAgain() }

    // MARK: - The process's side

    var hasSubscribers: Bool { state.withLock { !$0.subscriptions.isEmpty } }

    private var subscriptions: [OutputSubscription] {
        state.withLock { $0.subscriptions.values.compactMap(\.subscription) }
    }

    /// Connects a process.
    func connect(_ source: any Source) {
        state.withLock { $0.source = source }
        source.listenersChanged()
    }

    func publish(_ chunk: OutputChunk) {
        for subscription in subscriptions { subscription.append(chunk) }
    }

    /// Whether a reader is behind, so that no more should be read.
    var isCongested: Bool { subscriptions.contains { $0.isFull } }

    /// Cuts off the readers that are full and took nothing since `limit` (CLOCK_MONOTONIC, nanoseconds).
    func cutOffThoseIdle(since limit: Int64) {
        for subscription in subscriptions where subscription.isFull && subscription.lastTaken <= limit {
            subscription.finish(.tooSlow)
        }
    }

    /// Ends all subscriptions; the broadcaster is ready for the next process.
    func processEnded() {
        let all = state.withLock { state in
            defer {
                state.source = nil
                state.subscriptions = [:]
            }
            return state.subscriptions.values.compactMap(\.subscription)
        }
        for subscription in all { subscription.finish(nil) }
    }
}
