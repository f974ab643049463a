import DockerAPI
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// Serves operations over HTTP/1.1 on Unix and TCP sockets.
///
/// ```swift
/// let server = EngineServer(router: Router(routes, identity: identity), identity: identity)
/// try await server.listen(on: Listener(EndpointURL(parsing: "unix:///run/drydock/drydock.sock")))
/// await server.close(grace: .seconds(5))
/// ```
public final class EngineServer: Sendable {
    private let routing: Routing
    private let identity: ServerIdentity
    private let limits: ServerLimits
    private let logger: Logger
    private let group: any EventLoopGroup
    private let connections: ConnectionTable
    private let listening = Mutex<[(channel: any Channel, path: String?)]>([])

    /// A server that listens nowhere yet.
    ///
    /// - Parameter router: what it serves; where that is not whole, requests for other operations wait for `serve(_:)`.
    public init(
        router: Router, identity: ServerIdentity, limits: ServerLimits = ServerLimits(),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, logger: Logger = Logger(label: "http")
    ) {
        routing = Routing(router)
        self.identity = identity
        self.limits = limits
        self.group = group
        self.logger = logger
        connections = ConnectionTable(limit: limits.connections)
    }

    /// Begins to listen.
    ///
    /// - Returns: the address, with the port that was chosen where 0 was asked for.
    /// - Throws: `ListenFault`.
    @discardableResult
    public func listen(on listener: Listener) async throws(ListenFault) -> SocketAddress {
        let channel: any Channel
        var path: String?
        switch listener.endpoint.transport {
        case .unix(let socketPath):
            path = socketPath
            let descriptor = try UnixSocket.bind(socketPath, group: listener.group)
            channel = try await bound(listener) { [self] in
                try await bootstrap(tls: nil, hostRule: nil).withBoundSocket(descriptor).get()
            }
        case .tcp(let host, let port): channel = try await listenTCP(listener, host: host, port: port)
        }
        guard let address = channel.localAddress else { throw ListenFault("\(listener.endpoint) has no address") }
        listening.withLock { $0.append((channel, path)) }
        return address
    }

    /// Serves another router from now on, also those who waited for it.
    public func serve(_ router: Router) { routing.replace(by: router) }

    /// Takes no more connections, lets answers under way end, ends streams, and returns when all are closed.
    ///
    /// - Parameter grace: after that, whatever is still open is cut.
    public func close(grace: TimeAmount) async {
        let open = listening.withLock { listening in
            defer { listening = [] }
            return listening
        }
        for (channel, path) in open {
            // A listener that is already closed has nothing left to end.
            try? await channel.close().get()
            if let path { UnixSocket.remove(path) }
        }
        let cut = group.next().scheduleTask(in: grace) { [connections] in connections.closeAll() }
        connections.beginClosing()
        await connections.empty()
        cut.cancel()
    }

    /// How many connections are open.
    public var connectionCount: Int { connections.count }

    /// How many requests have come so far.
    public var requestCount: Int { routing.count }

    // MARK: - Sockets

    private func listenTCP(
        _ listener: Listener, host: String, port: Int
    ) async throws(ListenFault) -> any Channel {
        var context: NIOSSLContext?
        var hosts: Set<String> = [host.lowercased()]
        let address = try Self.address(listener, host: host, port: port)
        switch listener.protection {
        case .none: break
        case .mutualTLS(let files):
            let (loaded, names) = try files.load()
            context = loaded
            hosts.formUnion(names)
        }
        if address.isLoopback { hosts.formUnion(["localhost", "127.0.0.1", "::1"]) }
        if let text = address.ipAddress { hosts.insert(text.lowercased()) }
        let rule = HostRule(hosts: hosts)
        let secured = context
        return try await bound(listener) { [self] in
            try await bootstrap(tls: secured, hostRule: rule).bind(to: address).get()
        }
    }

    /// Says what would keep a server from listening, before anything else is begun.
    ///
    /// - Throws: `ListenFault`.
    public static func check(_ listener: Listener) throws(ListenFault) {
        switch listener.endpoint.transport {
        case .unix(let path): try UnixSocket.check(path)
        case .tcp(let host, let port): _ = try address(listener, host: host, port: port)
        }
    }

    /// The address, where it is protected as it must be.
    private static func address(
        _ listener: Listener, host: String, port: Int
    ) throws(ListenFault) -> SocketAddress {
        let address: SocketAddress
        do { address = try SocketAddress.makeAddressResolvingHost(host, port: port) } catch {
            throw ListenFault("cannot listen on \(listener.endpoint): \(error)")
        }
        if case .none = listener.protection, !address.isLoopback {
            throw ListenFault(
                "\(listener.endpoint) is open to others: whoever reaches it is root here. "
                    + "Use mutual TLS (--tlsverify with --tlscacert, --tlscert, --tlskey) or a loopback address")
        }
        return address
    }

    private func bound(
        _ listener: Listener, _ body: () async throws -> any Channel
    ) async throws(ListenFault) -> any Channel {
        do { return try await body() } catch let error as ListenFault { throw error } catch {
            throw ListenFault("cannot listen on \(listener.endpoint): \(error)")
        }
    }

    private func bootstrap(tls: NIOSSLContext?, hostRule: HostRule?) -> ServerBootstrap {
        let shared = ConnectionContext(
            routing: routing, limits: limits, identity: identity, hostRule: hostRule, logger: logger,
            connections: connections)
        // One loop for a listener and all who connect to it: the thread that takes a connection serves it, where handing it
        // over costs three turns of threads.
        return ServerBootstrap(group: group.next())
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    guard shared.connections.add(channel) else {
                        return try pipeline.addHandler(CrowdedHandler(shared: shared))
                    }
                    let connection = ConnectionHandler(shared: shared)
                    try pipeline.addHandler(connection.gate)
                    try pipeline.addHandler(
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .fireError)))
                    try pipeline.addHandler(connection)
                }
            }
    }
}

extension SocketAddress {
    /// Whether only this host reaches it.
    var isLoopback: Bool {
        switch self {
        case .v4: ipAddress?.hasPrefix("127.") == true
        case .v6: ipAddress == "::1"
        case .unixDomainSocket: true
        }
    }
}

/// Answers 503 to a connection too many.
private final class CrowdedHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let shared: ConnectionContext

    init(shared: ConnectionContext) {
        self.shared = shared
    }

    func channelActive(context: ChannelHandlerContext) {
        let text = #"{"message":"too many connections are open"}"# + "\n"
        let head = ResponseHead(
            status: .serviceUnavailable, headers: ["Content-Type": "application/json"],
            framing: .length(text.utf8.count), keepsAlive: false)
        var bytes = context.channel.allocator.buffer(capacity: 512)
        head.write(to: &bytes, common: shared.commonLines)
        bytes.writeString(text)
        context.writeAndFlush(wrapOutboundOut(bytes)).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }
}
