import Logging

/// What all connections of a server share.
struct ConnectionContext: Sendable {
    let routing: Routing
    let limits: ServerLimits
    let identity: ServerIdentity
    /// Which `Host` headers are taken; nil on a Unix socket, where any is.
    let hostRule: HostRule?
    let logger: Logger
    let connections: ConnectionTable

    /// The header lines that every answer has.
    var commonLines: String { "\(identity.headerLines)Date: \(HTTPDate.now())\r\n" }
}
