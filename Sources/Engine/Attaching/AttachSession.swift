import Synchronization

/// A client's hold on the streams of a container or exec.
///
/// It begins with `begin`. Reading the output to its end tells that the process ended, or that the detach keys were typed.
/// Whoever is done with the session calls `detach`.
public final class AttachSession: Sendable {
    /// Whether the process has a terminal: its output is then raw, without frames.
    public let isTerminal: Bool
    private let output: OutputStream

    /// Where input goes.
    struct Input: Sendable {
        /// The process, now or when it is started; nil where it never will be.
        var process: @Sendable () async -> RunningProcess?
        /// Whether this client's going closes stdin for good.
        var closesAtEnd: Bool
    }

    private struct State {
        var hasBegun = false
        var scanner: DetachScanner?
        var isDetached = false
        var isInputClosed = false
    }

    private let state: Mutex<State>
    private let input: Input?
    private let onBegin: @Sendable () -> Void
    private let onDetach: @Sendable () -> Void
    private let whenLeft: @Sendable () -> Void

    /// - Parameters:
    ///   - onBegin: called when the client has its connection.
    ///   - onDetach: called when the detach keys were typed.
    ///   - whenLeft: called when whoever had the session is done with it.
    init(
        isTerminal: Bool, output: OutputStream, input: Input?, detachKeys: DetachKeys?,
        onBegin: @escaping @Sendable () -> Void = {}, onDetach: @escaping @Sendable () -> Void,
        whenLeft: @escaping @Sendable () -> Void = {}
    ) {
        self.isTerminal = isTerminal
        self.output = output
        self.input = input
        self.onBegin = onBegin
        self.onDetach = onDetach
        self.whenLeft = whenLeft
        state = Mutex(State(scanner: detachKeys.map { DetachScanner($0) }))
    }

    /// A client that goes before it has its connection is no other than one that goes after.
    deinit { _ = begin() }

    /// Says that the client has its connection; once, and before anything else.
    ///
    /// - Returns: what the process writes, those channels that were asked for. One reader; it holds the process back when it
    ///   is slow.
    public func begin() -> OutputStream {
        let isFirst = state.withLock { state in
            defer { state.hasBegun = true }
            return !state.hasBegun
        }
        if isFirst { onBegin() }
        return output
    }

    /// Gives bytes to the process's stdin; returns when they were taken. Detach keys among them end the session.
    ///
    /// Where stdin was not asked for, is not open, or the process has ended, the bytes are dropped, as docker drops them.
    public func write(_ bytes: [UInt8]) async throws(EngineError) {
        let (passed, isDetached): ([UInt8], Bool) = state.withLock { state in
            guard !state.isDetached, !state.isInputClosed else { return ([], false) }
            return state.scanner?.scan(bytes) ?? (bytes, false)
        }
        if let input, !passed.isEmpty, let process = await input.process() {
            do { try await process.write(passed) } catch {
                guard error.step == .closed else { throw EngineError(.system, "\(error)") }
            }
        }
        if isDetached {
            onDetach()
            letGo()
        }
    }

    /// Says that no more input comes.
    public func closeInput() async {
        let isFirst = state.withLock { state in
            defer { state.isInputClosed = true }
            return !state.isInputClosed
        }
        guard isFirst, let input else { return }
        // Where stdin stays open there is nothing left to say: docker ends the session (moby, `stream/attach.go`).
        guard !isTerminal, input.closesAtEnd else { return letGo() }
        await input.process()?.closeStandardInput()
    }

    /// Lets go; the process runs on. With `stdinOnce` its stdin is closed.
    public func detach() async {
        letGo()
        await closeInput()
        whenLeft()
    }

    private func letGo() {
        state.withLock { $0.isDetached = true }
        output.cancel()
    }
}

/// What a process writes, as it comes.
public struct OutputStream: AsyncSequence, Sendable {
    /// See `AsyncSequence`.
    public typealias Element = OutputChunk

    /// What comes before the live output: a log, or a sentence on why there is none.
    let before: ContainerLog?
    let chunks: [OutputChunk]
    let subscription: OutputSubscription?
    let channels: Set<OutputChunk.Channel>

    init(
        before: ContainerLog? = nil, chunks: [OutputChunk] = [], subscription: OutputSubscription?,
        channels: Set<OutputChunk.Channel>
    ) {
        self.before = before
        self.chunks = chunks
        self.subscription = subscription
        self.channels = channels
    }

    func cancel() { subscription?.cancel() }

    /// See `AsyncSequence`.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// One reading.
    public struct Iterator: AsyncIteratorProtocol {
        private var chunks: ArraySlice<OutputChunk>
        private var log: LogReader.Iterator?
        private var live: OutputSubscription.Iterator?
        private let channels: Set<OutputChunk.Channel>

        init(_ stream: OutputStream) {
            chunks = stream.chunks[...]
            log = stream.before?.reader.makeAsyncIterator()
            live = stream.subscription?.makeAsyncIterator()
            channels = stream.channels
        }

        /// The next chunk; nil at the end. Throws where the reader was cut off for being too slow.
        public mutating func next() async throws -> OutputChunk? {
            if let chunk = chunks.popFirst() { return chunk }
            while let batch = try await nextOfLog() {
                chunks = batch.chunks.filter { channels.contains($0.channel) }[...]
                if let chunk = chunks.popFirst() { return chunk }
            }
            log = nil
            while let chunk = try await live?.next() {
                if channels.contains(chunk.channel) { return chunk }
            }
            return nil
        }

        /// Reads files, which whoever runs this may have no time for.
        private mutating func nextOfLog() async throws -> LogBatch? {
            guard var reading = log else { return nil }
            let batch = try await withTaskExecutorPreference(globalConcurrentExecutor) { try await reading.next() }
            log = reading
            return batch
        }
    }
}

extension LogBatch {
    /// The entries as chunks of output.
    var chunks: [OutputChunk] {
        entries.map { entry in
            OutputChunk(
                channel: entry.channel == .stderr ? .standardError : .standardOutput, bytes: Array(bytes[entry.text]))
        }
    }
}
