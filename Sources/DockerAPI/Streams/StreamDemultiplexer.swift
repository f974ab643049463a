/// Cuts the bytes of a multiplexed stream into frames, whatever pieces they arrive in.
public struct StreamDemultiplexer: Sendable {
    /// How many payload bytes one frame may have before the stream is refused.
    public let maximumPayloadBytes: Int

    private var pending: [UInt8] = []
    private var consumed: Int64 = 0

    /// A demultiplexer that refuses a frame with more than `maximumPayloadBytes` of payload.
    public init(maximumPayloadBytes: Int = 16 << 20) {
        self.maximumPayloadBytes = maximumPayloadBytes
    }

    /// Takes the next bytes and answers the frames they complete, in order; empty frames are kept.
    ///
    /// - Throws: `StreamFrameError` at a header that cannot be one. The stream has lost its place then: give it up.
    public mutating func append(_ bytes: some Sequence<UInt8>) throws(StreamFrameError) -> [StreamFrame] {
        pending.append(contentsOf: bytes)
        var frames: [StreamFrame] = []
        var position = 0
        while pending.count - position >= StreamFrame.headerBytes {
            let header = Array(pending[position..<position + StreamFrame.headerBytes])
            let (channel, length) = try parse(header, at: consumed + Int64(position))
            let end = position + StreamFrame.headerBytes + length
            guard end <= pending.count else { break }
            let payload = Array(pending[(position + StreamFrame.headerBytes)..<end])
            frames.append(StreamFrame(channel: channel, payload: payload))
            position = end
        }
        pending.removeFirst(position)
        consumed += Int64(position)
        return frames
    }

    /// States that the stream has ended.
    ///
    /// - Throws: `StreamFrameError.truncated` where it ended within a frame.
    public func finish() throws(StreamFrameError) {
        guard pending.isEmpty else { throw .truncated(offset: consumed, available: pending.count) }
    }

    private func parse(
        _ header: [UInt8], at offset: Int64
    ) throws(StreamFrameError) -> (channel: StreamFrame.Channel, length: Int) {
        guard let channel = StreamFrame.Channel(rawValue: header[0]), header[1...3].allSatisfy({ $0 == 0 }) else {
            throw .malformedHeader(header, offset: offset)
        }
        let length = header[4...7].reduce(0) { $0 << 8 | Int($1) }
        guard length <= maximumPayloadBytes else {
            throw .tooLong(length: length, limit: maximumPayloadBytes, offset: offset)
        }
        return (channel, length)
    }
}

/// Why bytes are not a multiplexed stream. Offsets count from the first byte of the stream.
public enum StreamFrameError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Eight bytes that are no header: an unknown channel, or padding that is not zero.
    case malformedHeader([UInt8], offset: Int64)
    /// A frame longer than the reader accepts.
    case tooLong(length: Int, limit: Int, offset: Int64)
    /// The stream ended with `available` bytes of a frame that starts at `offset`.
    case truncated(offset: Int64, available: Int)

    /// One sentence that names the place and the bytes.
    public var description: String {
        switch self {
        case .malformedHeader(let header, let offset):
            "byte \(offset) of the stream is not the header of a frame: \(hex(header)); "
                + "a raw stream of a container with a TTY has no frames"
        case .tooLong(let length, let limit, let offset):
            "the frame at byte \(offset) says it has \(length) bytes; at most \(limit) are accepted"
        case .truncated(let offset, let available):
            "the stream ended within the frame at byte \(offset), after \(available) bytes of it"
        }
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}
