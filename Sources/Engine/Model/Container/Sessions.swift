/// A log to be read.
public struct ContainerLog: Sendable {
    /// Whether the container has a terminal: the log is then told raw, without frames.
    public let isTerminal: Bool
    /// The lines; it ends, where it follows, when the container has ended and all is told.
    public let reader: LogReader
}

/// A wait that is registered: what happens from now on counts.
public struct PendingWait: Sendable {
    let answer: @Sendable () async throws(EngineError) -> WaitResult

    /// The answer, when it comes. Cancelling the task ends the wait with `cancelled`.
    public func result() async throws(EngineError) -> WaitResult { try await answer() }
}
