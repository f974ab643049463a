/// A client's hold on the streams of a container or exec.
///
/// Reading `output` to its end tells that the process ended, or that the detach keys were typed. Whoever drops the
/// session calls `detach`.
public final class AttachSession: Sendable {
    /// Whether the process has a terminal: its output is then raw, without frames.
    public let isTerminal: Bool
    /// What the process writes, those channels that were asked for. One reader; it holds the process back when it is slow.
    public let output: OutputStream

    init(isTerminal: Bool, output: OutputStream) {
        self.isTerminal = isTerminal
        self.output = output
    }

    /// Gives bytes to the process's stdin; returns when they were taken. Detach keys among them end the session.
    public func write(_ bytes: [UInt8]) async throws(EngineError) {
        throw EngineError(.notImplemented, "write is not implemented")
    }

    /// Says that no more input comes.
    public func closeInput() async {}

    /// Lets go; the process runs on. With `stdinOnce` its stdin is closed.
    public func detach() async {}
}

/// What a process writes, as it comes.
public struct OutputStream: AsyncSequence, Sendable {
    /// See `AsyncSequence`.
    public typealias Element = OutputChunk

    let stream: AsyncStream<OutputChunk>

    /// See `AsyncSequence`.
    public func makeAsyncIterator() -> AsyncStream<OutputChunk>.Iterator { stream.makeAsyncIterator() }
}
