import NIOCore
import OCI
import Synchronization

/// Hands an archive's bytes from the thread that writes it to an asynchronous reader.
final class StreamSink: ByteSink, Sendable {
    private let continuation: AsyncThrowingStream<ByteBuffer, any Error>.Continuation
    private let isClosed = Mutex(false)

    init(_ continuation: AsyncThrowingStream<ByteBuffer, any Error>.Continuation) { self.continuation = continuation }

    /// Nobody reads any more.
    func close() { isClosed.withLock { $0 = true } }

    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        guard !isClosed.withLock({ $0 }) else { throw OCIError(.fileSystem, "the reader has gone") }
        continuation.yield(ByteBuffer(bytes: bytes))
    }

    func finish() throws(OCIError) {}
}
