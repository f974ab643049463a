import NIOCore

/// What one client, and all clients together, may take of the server.
public struct ServerLimits: Sendable, Hashable {
    /// Bytes of a request's first line and headers; more is answered with 431.
    public var headBytes = 64 * 1024
    /// Bytes of a JSON body; more is answered with 413.
    public var documentBytes = 4 * 1024 * 1024
    /// Connections open at once; one more is answered with 503.
    public var connections = 2048
    /// From the first byte of a head to its last.
    public var headTime = TimeAmount.seconds(20)
    /// From the head of a JSON body to its last byte.
    public var documentTime = TimeAmount.seconds(60)
    /// How long a streamed body may stand still.
    public var uploadIdleTime = TimeAmount.minutes(10)
    /// How long a connection may wait for its next request.
    public var idleTime = TimeAmount.minutes(10)
    /// How long input is read away after the last byte of an answer, so that the client gets to read it.
    public var lingerTime = TimeAmount.milliseconds(500)
    /// Bytes read away then.
    public var lingerBytes = 256 * 1024

    /// The defaults.
    public init() {}
}
