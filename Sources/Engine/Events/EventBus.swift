import Synchronization

/// Hands events to whoever listens, and remembers the latest for those who ask for the past.
public final class EventBus: Sendable {
    private struct State {
        var past: [Event] = []
        var listeners: [Int: AsyncStream<Event>.Continuation] = [:]
        var next = 0
        var lastTime: Int64 = 0
    }

    /// How many events are remembered; dockerd remembers as many.
    static let memory = 256
    /// How many events may wait for a listener; one that is slower loses its stream, not the engine its pace.
    static let backlog = 4096

    private let state = Mutex(State())
    private let clock: @Sendable () -> Int64

    /// A bus without a past.
    ///
    /// - Parameter clock: the time of day, nanoseconds since 1970.
    public init(clock: @escaping @Sendable () -> Int64) { self.clock = clock }

    /// How many listen.
    public var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// Tells an event to all listeners; never waits.
    @discardableResult
    public func publish(
        _ kind: Event.Kind, _ action: String, actor: String, attributes: [Event.Attribute] = []
    ) -> Event {
        let (event, lost) = state.withLock { state in
            // Two events never share a moment, so that `since` and `until` cut between any two.
            let time = max(clock(), state.lastTime + 1)
            state.lastTime = time
            let event = Event(kind, action, actor: actor, attributes: attributes, time: time)
            if state.past.count == Self.memory { state.past.removeFirst() }
            state.past.append(event)
            var lost: [AsyncStream<Event>.Continuation] = []
            for (number, listener) in state.listeners {
                guard case .dropped = listener.yield(event) else { continue }
                lost.append(listener)
                state.listeners[number] = nil
            }
            return (event, lost)
        }
        // Outside of the lock: ending a stream calls back into the bus.
        for listener in lost { listener.finish() }
        return event
    }

    /// The events from now on; it ends when the reader's task is cancelled, or is `backlog` events behind.
    public func listen() -> AsyncStream<Event> { past(since: nil, until: nil, continues: true) }

    /// The remembered events of a span, and those that come.
    ///
    /// - Parameters:
    ///   - since: nanoseconds since 1970; nil for no past.
    ///   - until: nanoseconds since 1970; events after it are left out. The caller ends the stream when it is over.
    ///   - continues: whether the stream goes on with what comes.
    public func past(since: Int64?, until: Int64?, continues: Bool) -> AsyncStream<Event> {
        let (stream, continuation) = AsyncStream<Event>.makeStream(bufferingPolicy: .bufferingOldest(Self.backlog))
        let number: Int? = state.withLock { state in
            if let since {
                for event in state.past where event.time >= since && event.time <= until ?? .max {
                    continuation.yield(event)
                }
            }
            guard continues else { return nil }
            state.next += 1
            state.listeners[state.next] = continuation
            return state.next
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        // Not at once: who cancels a reader holds a lock of its task, and a `publish` that wakes that reader waits for the
        // same lock while it holds ours.
        continuation.onTermination = { [weak self] _ in
            Task { _ = self?.state.withLock { $0.listeners.removeValue(forKey: number) } }
        }
        return stream
    }

    /// Ends every listener's stream, since the engine goes.
    public func finish() {
        let listeners = state.withLock { state in
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}
