import Synchronization

/// A value that comes later, once, for any number of waiters.
final class Promise<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var next = 0
        var waiting: [Int: CheckedContinuation<Value?, Never>] = [:]
    }

    /// Some hundred years: a clock's seconds have no room for any time that a client may name.
    private static var longestSeconds: Int64 { 1 << 33 }

    private let state = Mutex(State())

    /// The value, where it has come.
    var valueNow: Value? { state.withLock { $0.value } }

    /// Gives the value; a second one is dropped.
    func fulfil(_ value: Value) {
        let waiting = state.withLock { state -> [CheckedContinuation<Value?, Never>] in
            guard state.value == nil else { return [] }
            state.value = value
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume(returning: value) }
    }

    /// The value; nil where the waiting task is cancelled first.
    func value() async -> Value? {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: Value?? = state.withLock { state in
                    if let value = state.value { return .some(value) }
                    if Task.isCancelled { return .some(nil) }
                    state.waiting[number] = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            let continuation = state.withLock { $0.waiting.removeValue(forKey: number) }
            continuation?.resume(returning: nil)
        }
    }

    /// The value; nil where it does not come within `timeout` or the waiting task is cancelled.
    func value(within timeout: Duration) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { await self.value() }
            group.addTask {
                // Being cancelled is the other task's success.
                try? await Task.sleep(for: min(timeout, .seconds(Self.longestSeconds)))
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? valueNow
        }
    }
}
