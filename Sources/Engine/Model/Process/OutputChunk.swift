/// Bytes that a process wrote.
public struct OutputChunk: Sendable, Hashable {
    /// Where it wrote them; a terminal's are `standardOutput`.
    public enum Channel: UInt8, Sendable, Hashable {
        case standardOutput = 1
        case standardError = 2
    }

    /// Where it wrote them.
    public let channel: Channel
    /// The bytes.
    public let bytes: [UInt8]

    /// A chunk by parts.
    public init(channel: Channel, bytes: [UInt8]) {
        self.channel = channel
        self.bytes = bytes
    }
}
