import NIOConcurrencyHelpers
import OCI

/// Lets another thread do the rest of a pipeline: inflating on one side, hashing and writing on the other.
///
/// One thread writes, one runs `consume`; a few pieces wait in between, and the writer blocks when there are too many.
final class ThreadHandOff: ByteSink {
    private let channel: Channel

    /// - Parameter start: runs what it is given on a thread of its own; nothing else may use `next` from then on.
    init(next: any ByteSink, start: (@escaping @Sendable () -> Void) -> Void) {
        let channel = Channel(next)
        self.channel = channel
        start { channel.consume() }
    }

    /// See `ByteSink`; throws what the other side has thrown.
    func write(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = min(rest.count, Piece.room)
            try channel.send(UnsafeRawBufferPointer(rebasing: rest[..<count]))
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// See `ByteSink`; returns when the other side has finished.
    func finish() throws(OCIError) {
        channel.close(.success(()))
        try channel.waitForEnd()
    }

    /// Lets the other side end without finishing; returns when it has.
    func abandon() {
        channel.close(.failure(OCIError(.invalidStream, "unpacking was given up")))
        // Why it ended is known to the caller, who gave up.
        _ = Result { () throws(OCIError) in try channel.waitForEnd() }
    }

    /// Memory that travels to the consumer and back. Unchecked: one side has it at a time.
    private final class Piece: @unchecked Sendable {
        static let room = 256 << 10
        private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: Piece.room, alignment: 64)
        private var count = 0

        deinit { memory.deallocate() }

        var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

        func fill(_ bytes: UnsafeRawBufferPointer) {
            memory.copyMemory(from: bytes)
            count = bytes.count
        }
    }

    /// Pieces on their way. Unchecked: the mutable state is in locked boxes, and `next` is used by the consumer alone.
    private final class Channel: @unchecked Sendable {
        private struct State {
            var pieces: [Piece] = []
            /// Those that came back; at most `room` exist.
            var spare: [Piece] = []
            var made = 0
            var closing: Result<Void, OCIError>?
            var outcome: Result<Void, OCIError>?
        }
        private enum Signal { case quiet, raised }

        private let next: any ByteSink
        private let state = NIOLockedValueBox(State())
        private let toConsumer = ConditionLock(value: Signal.quiet)
        private let toProducer = ConditionLock(value: Signal.quiet)
        private static let room = 8

        init(_ next: any ByteSink) { self.next = next }

        func send(_ bytes: UnsafeRawBufferPointer) throws(OCIError) {
            let piece = try emptyPiece()
            piece.fill(bytes)
            state.withLockedValue { $0.pieces.append(piece) }
            Self.raise(toConsumer)
        }

        private func emptyPiece() throws(OCIError) -> Piece {
            while true {
                let (piece, outcome) = state.withLockedValue { state -> (Piece?, Result<Void, OCIError>?) in
                    if let outcome = state.outcome { return (nil, outcome) }
                    if let piece = state.spare.popLast() { return (piece, nil) }
                    guard state.made < Self.room else { return (nil, nil) }
                    state.made += 1
                    return (Piece(), nil)
                }
                if let piece { return piece }
                if let outcome { try outcome.get() }
                Self.wait(toProducer)
            }
        }

        func close(_ how: Result<Void, OCIError>) {
            state.withLockedValue { $0.closing = how }
            Self.raise(toConsumer)
        }

        func waitForEnd() throws(OCIError) {
            while true {
                if let outcome = state.withLockedValue({ $0.outcome }) { return try outcome.get() }
                Self.wait(toProducer)
            }
        }

        func consume() {
            let outcome = Result { () throws(OCIError) in try drain() }
            state.withLockedValue { $0.outcome = outcome }
            Self.raise(toProducer)
        }

        private func drain() throws(OCIError) {
            while true {
                let (pieces, closing) = state.withLockedValue { state in
                    defer { state.pieces = [] }
                    return (state.pieces, state.closing)
                }
                if case .failure(let error) = closing { throw error }
                if !pieces.isEmpty {
                    for piece in pieces {
                        try next.write(piece.bytes)
                        state.withLockedValue { $0.spare.append(piece) }
                        Self.raise(toProducer)
                    }
                } else if closing != nil {
                    return try next.finish()
                } else {
                    Self.wait(toConsumer)
                }
            }
        }

        private static func raise(_ signal: ConditionLock<Signal>) {
            signal.lock()
            signal.unlock(withValue: .raised)
        }

        private static func wait(_ signal: ConditionLock<Signal>) {
            signal.lock(whenValue: .raised)
            signal.unlock(withValue: .quiet)
        }
    }
}
