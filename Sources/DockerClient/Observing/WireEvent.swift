import DockerAPI

/// Sees all that a client does on the wire. Called on event loops, in order for each connection: return quickly.
public protocol WireObserver: Sendable {
    /// Takes the next event.
    func record(_ event: WireEvent)
}

/// One thing that happened on one connection.
public struct WireEvent: Sendable {
    /// What happened.
    public enum Kind: Sendable {
        /// A connection is being made.
        case connecting(EndpointURL)
        /// The socket is connected; with TLS the handshake still follows.
        case connected
        /// The TLS handshake is complete. All bytes recorded are what TLS carries, not the ciphertext.
        case secured
        /// A request begins, with the target of its request line.
        case requestStarted(method: String, target: String)
        /// Bytes were handed to the socket.
        case sent([UInt8])
        /// Bytes came from the socket.
        case received([UInt8])
        /// An answer's head is complete, informational ones (100 to 199 but 101) included.
        case headReceived(ResponseHead)
        /// This side will send no more (`shutdown(SHUT_WR)`, or TLS close_notify).
        case halfClosedByUs
        /// This side closed the connection.
        case closedByUs
        /// The peer ended its side: end of file, or a reset. Whether it still reads cannot be seen.
        case closedByPeer
        /// The connection failed; the text is for people.
        case failed(String)
    }

    /// Which connection; numbered from 1, unique among the clients that came from one by `withObserver` and
    /// `connecting(to:)`.
    public let connection: Int
    /// When, in nanoseconds of `CLOCK_MONOTONIC` (`CLOCK_UPTIME_RAW` on macOS).
    public let at: UInt64
    /// What.
    public let kind: Kind

    /// An event from its parts.
    public init(connection: Int, at: UInt64, kind: Kind) {
        self.connection = connection
        self.at = at
        self.kind = kind
    }
}

/// A side of a connection.
public enum ConnectionSide: Sendable, Hashable {
    /// This client.
    case client
    /// The daemon, or what stands in its place.
    case peer
}
