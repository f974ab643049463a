/// Bytes that a process wrote.
public struct OutputChunk: Sendable, Hashable {
    /// Which stream; a terminal has standard output alone.
    public enum Channel: UInt32, Sendable, Hashable { case standardOutput = 1, standardError = 2 }

    /// Which stream.
    public let channel: Channel
    /// At least one byte.
    public let bytes: [UInt8]
}

/// Why a subscription ended before the process did.
public enum OutputError: Error, Sendable, Hashable {
    /// The reader took nothing for so long that the container's log would have stood still.
    case tooSlow
}
