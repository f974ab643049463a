/// Takes what comes on a hijacked connection and says, item by item, whether it is what the conversation expects.
///
/// Order is kept within a channel only: two pipes of a process have no order between them.
public struct ConversationMatcher: Sendable {
    /// A matcher that has seen nothing yet.
    public init() {}

    private var channels: [StreamChannel: [UInt8]] = [:]
    private var frames: [(channel: UInt8, length: Int, payload: [UInt8])] = []

    /// Takes a frame of a multiplexed stream; `channel` is its first header byte, `length` the size in its header.
    public mutating func append(frame channel: UInt8, length: Int, payload: [UInt8]) {
        frames.append((channel, length, payload))
    }

    /// Takes bytes of a stream without frames.
    public mutating func append(raw bytes: [UInt8]) {
        channels[.raw, default: []] += bytes
    }

    /// Tries to match the next item, and consumes what it matches.
    ///
    /// - Parameters:
    ///   - ended: whether the server has closed the connection, so that nothing more can come.
    public mutating func match(_ item: ConversationItem, variables: Variables, ended: Bool) -> MatchProgress {
        .incomplete
    }
}
