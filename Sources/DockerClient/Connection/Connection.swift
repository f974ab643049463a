import DockerAPI
import NIOCore
import NIOPosix
import NIOSSL

/// One connection, for one request and its answer.
final class Connection: Sendable {
    let inbox: ResponseInbox
    let record: ConnectionRecord
    let endpoint: EndpointURL
    private let channel: any Channel

    private init(channel: any Channel, inbox: ResponseInbox, record: ConnectionRecord, endpoint: EndpointURL) {
        self.channel = channel
        self.inbox = inbox
        self.record = record
        self.endpoint = endpoint
    }

    struct Plan {
        let endpoint: EndpointURL
        let tls: NIOSSLContext?
        let deadline: Duration
        let request: String
        let parser: ResponseParser
        let record: ConnectionRecord
    }

    /// Connects, and with TLS completes the handshake.
    static func open(_ plan: Plan, group: any EventLoopGroup) async throws -> Connection {
        plan.record.note(.connecting(plan.endpoint))
        let eventLoop = group.next()
        let inbox = ResponseInbox(eventLoop: eventLoop)
        let secured = plan.tls == nil ? nil : eventLoop.makePromise(of: Void.self)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connectTimeout(TimeAmount(plan.deadline))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try addHandlers(to: channel, plan: plan, inbox: inbox, secured: secured)
                }
            }
        let channel = try await connect(bootstrap, plan: plan, secured: secured)
        let connection = Connection(channel: channel, inbox: inbox, record: plan.record, endpoint: plan.endpoint)
        guard let secured else { return connection }
        do {
            try await secured.futureResult.value(
                within: plan.deadline,
                orFailWith: .deadline(plan.endpoint, awaited: "the TLS handshake", after: plan.deadline))
            return connection
        } catch {
            connection.close()
            throw error
        }
    }

    private static func connect(
        _ bootstrap: ClientBootstrap, plan: Plan, secured: EventLoopPromise<Void>?
    ) async throws -> any Channel {
        let giveUp = ContinuousClock.now + plan.deadline
        var pause = Duration.milliseconds(1)
        do {
            while true {
                do {
                    return try await connectOnce(bootstrap, plan: plan)
                } catch DockerClientError.unreachable(plan.endpoint, .queueFull) where ContinuousClock.now < giveUp {
                    // Linux refuses a Unix socket whose backlog is full at once and tells nobody when there is room
                    // (connect(2), EAGAIN), so asking again is the only way to wait.
                    try await Task.sleep(for: pause)
                    pause = min(pause * 2, .milliseconds(50))
                }
            }
        } catch {
            secured?.fail(error)
            plan.record.note(.failed(String(describing: error)))
            throw error
        }
    }

    private static func connectOnce(_ bootstrap: ClientBootstrap, plan: Plan) async throws -> any Channel {
        var host: String?
        let future: EventLoopFuture<any Channel>
        switch plan.endpoint.transport {
        case .unix(let path): future = bootstrap.connect(unixDomainSocketPath: path)
        case .tcp(let name, let port):
            host = name
            future = bootstrap.connect(host: name, port: port)
        }
        do {
            // The bootstrap has its own deadline; this one also covers name resolution.
            return try await future.value(
                within: plan.deadline, orFailWith: .unreachable(plan.endpoint, .deadline(plan.deadline)))
        } catch {
            future.whenSuccess { $0.close(promise: nil) }
            if error is DockerClientError || error is CancellationError { throw error }
            let reason = FailureText.unreachable(error, host: host, deadline: plan.deadline)
            throw DockerClientError.unreachable(plan.endpoint, reason)
        }
    }

    private static func addHandlers(
        to channel: any Channel, plan: Plan, inbox: ResponseInbox, secured: EventLoopPromise<Void>?
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        if let tls = plan.tls {
            try pipeline.addHandler(PlainTextDetector(endpoint: plan.endpoint))
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: plan.endpoint.serverNameForTLS))
        }
        try pipeline.addHandler(
            ConnectionHandler(
                endpoint: plan.endpoint, inbox: inbox, record: plan.record, secured: secured, request: plan.request,
                parser: plan.parser))
    }

    /// Begins a request without waiting; a failure shows in the inbox.
    func begin(_ request: RequestSerializer.Serialized) {
        // On the event loop, so that the observer sees it after the connection is made.
        channel.eventLoop.execute { [channel, record] in
            record.note(.requestStarted(method: request.method, target: request.target))
            channel.writeAndFlush(ByteBuffer(bytes: request.head + request.body), promise: nil)
        }
    }

    /// Hands bytes over and waits until the kernel has them.
    func write(_ bytes: [UInt8], within deadline: Duration, awaited: String) async throws {
        let future: EventLoopFuture<Void> = channel.writeAndFlush(ByteBuffer(bytes: bytes))
        do {
            try await future.value(
                within: deadline, orFailWith: .deadline(endpoint, awaited: awaited, after: deadline))
        } catch {
            // Part of the bytes may be on their way: the stream has lost its place.
            close()
            throw wrapped(error, awaited: awaited)
        }
    }

    /// Ends this side of the stream; the peer may go on.
    func closeWrite(within deadline: Duration) async throws {
        let awaited = "the end of the input"
        do {
            try await channel.close(mode: .output).value(
                within: deadline, orFailWith: .deadline(endpoint, awaited: awaited, after: deadline))
        } catch ChannelError.outputClosed {
            return
        } catch {
            throw wrapped(error, awaited: awaited)
        }
    }

    /// The next item of the answer. A deadline or a cancellation closes the connection.
    func next(within deadline: Duration?, awaited: String) async throws -> ResponseInbox.Item? {
        do {
            return try await inbox.next(
                within: deadline,
                orFailWith: .deadline(endpoint, awaited: awaited, after: deadline ?? .zero),
                resume: { channel.read() })
        } catch {
            close()
            throw error
        }
    }

    /// Fails the answer unless its head has come by then.
    func expectHead(within deadline: Duration, request: String) {
        let error = DockerClientError.deadline(
            endpoint, awaited: "the head of the answer to \(request)", after: deadline)
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(deadline)) { [inbox] in
            inbox.failUnlessHeadCame(error)
        }
        channel.closeFuture.whenComplete { _ in timer.cancel() }
    }

    /// Closes at once, without waiting.
    func close() {
        channel.close(promise: nil)
    }

    /// Closes, and waits until the descriptor is free.
    func closed() async {
        close()
        await withCheckedContinuation { continuation in
            channel.closeFuture.whenComplete { _ in continuation.resume() }
        }
    }

    private func wrapped(_ error: any Error, awaited: String) -> any Error {
        if error is DockerClientError || error is CancellationError { return error }
        return DockerClientError.connectionLost(endpoint, awaited: awaited, reason: FailureText.system(error))
    }
}

extension EndpointURL {
    /// The name for SNI and verification; an address is verified against the peer's address instead.
    fileprivate var serverNameForTLS: String? {
        guard case .tcp(let host, _) = transport else { return nil }
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return isAddress ? nil : host
    }
}
