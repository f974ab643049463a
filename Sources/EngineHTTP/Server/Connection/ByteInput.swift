import NIOCore

/// Bytes that a client sends, read no faster than they are asked for; iterated once.
public struct ByteInput: AsyncSequence, Sendable {
    /// A piece.
    public typealias Element = ByteBuffer

    typealias Producer = NIOThrowingAsyncSequenceProducer<
        ByteBuffer, any Error, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark, Demand
    >

    private let producer: Producer

    /// Makes a sequence and the end that bytes are put in.
    static func make(eventLoop: any EventLoop, connection: NIOLoopBound<ConnectionHandler>) -> (
        ByteInput, Producer.Source
    ) {
        let made = Producer.makeSequence(
            elementType: ByteBuffer.self, failureType: (any Error).self,
            backPressureStrategy: .init(lowWatermark: 2, highWatermark: 8), finishOnDeinit: true,
            delegate: Demand(eventLoop: eventLoop, connection: connection))
        return (ByteInput(producer: made.sequence), made.source)
    }

    /// The iterator.
    public func makeAsyncIterator() -> Iterator { Iterator(base: producer.makeAsyncIterator()) }

    /// Answers pieces until the client has ended its half.
    public struct Iterator: AsyncIteratorProtocol {
        var base: Producer.AsyncIterator

        /// The next piece; nil at the end.
        ///
        /// - Throws: `ClientGone`, or `UploadFault` where the body breaks off.
        public mutating func next() async throws -> ByteBuffer? { try await base.next() }
    }

    /// Asks the connection for more.
    struct Demand: NIOAsyncSequenceProducerDelegate {
        let eventLoop: any EventLoop
        let connection: NIOLoopBound<ConnectionHandler>

        func produceMore() { eventLoop.execute { connection.value.inputDemand(true) } }
        func didTerminate() { eventLoop.execute { connection.value.inputAbandoned() } }
    }
}

/// Why a streamed request body ended early.
public struct UploadFault: Error, Sendable, CustomStringConvertible {
    /// One sentence.
    public let description: String
}
