/// One frame of a multiplexed stream: attach, exec and logs of a container without a TTY
/// (Engine API, `POST /containers/{id}/attach`, "Stream format").
///
/// ```
/// byte 0      1 2 3        4 5 6 7                 8 …
/// +---------+-----------+------------------------+-----------------+
/// | channel | 0   0   0 | payload length, u32 BE | payload         |
/// +---------+-----------+------------------------+-----------------+
/// ```
public struct StreamFrame: Sendable, Hashable {
    /// What a frame carries.
    public enum Channel: UInt8, Sendable, Hashable {
        /// Input, echoed by some daemons.
        case stdin = 0
        /// The standard output of the process.
        case stdout = 1
        /// The standard error of the process.
        case stderr = 2
        /// A message of the daemon about a failure in mid-stream, not output of the process.
        case systemError = 3
    }

    /// The bytes before each payload.
    public static let headerBytes = 8

    /// What the payload is.
    public var channel: Channel
    /// The bytes as written by the process; a frame may end anywhere, also within a line or a character.
    public var payload: [UInt8]

    /// A frame from its parts.
    public init(channel: Channel, payload: [UInt8]) {
        self.channel = channel
        self.payload = payload
    }

    /// The frame as it goes over the wire.
    public var encoded: [UInt8] {
        let length = UInt32(clamping: payload.count)
        return [channel.rawValue, 0, 0, 0] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
            + payload
    }
}
