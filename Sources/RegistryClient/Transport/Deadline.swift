import NIOCore

/// Runs `operation` and cancels it when the time is over.
///
/// - Throws: `timedOut` with `what` in its message, or what the operation throws.
func withDeadline<Value: Sendable>(
    _ time: TimeAmount, _ what: String, _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await Task.sleep(for: .nanoseconds(time.nanoseconds))
            throw RegistryError(.timedOut, "\(what): no answer within \(time.nanoseconds / 1_000_000_000) s")
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}
