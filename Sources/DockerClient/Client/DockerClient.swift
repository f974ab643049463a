import DockerAPI
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// An async client of the Docker Engine API, for dockerd and what is compatible with it.
///
/// ```swift
/// let client = try DockerClient(configuration: .init(endpoint: .init(parsing: "unix:///var/run/docker.sock")))
/// let list = try await client.send(EngineRequest("GET", "/containers/json")).checked().json()
/// ```
///
/// Every request has a connection of its own, closed after the answer. That costs a socket per request (tens of
/// microseconds on a Unix socket) and buys what a judge needs: no answer depends on the one before, and a transcript
/// shows for each exchange who closed it. `Connection: close` is not sent, as docker's CLI does not send it.
public final class DockerClient: Sendable {
    /// Where and how this client talks.
    public let configuration: Configuration

    private let group: any EventLoopGroup
    let shared: Shared
    private let tls: NIOSSLContext?

    /// What clients made from one another have in common.
    final class Shared: Sendable {
        let connections = Atomic<Int>(0)
        let negotiated = Mutex<APIVersion?>(nil)
    }

    /// A client; it holds no connection, and there is nothing to shut down.
    ///
    /// - Throws: `DockerClientError.tls` where certificates cannot be read.
    public convenience init(
        configuration: Configuration, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) throws(DockerClientError) {
        let tls = try Self.context(configuration)
        self.init(configuration: configuration, group: group, tls: tls, shared: Shared())
    }

    private init(
        configuration: Configuration, group: any EventLoopGroup, tls: NIOSSLContext?, shared: Shared
    ) {
        self.configuration = configuration
        self.group = group
        self.tls = tls
        self.shared = shared
    }

    private static func context(_ configuration: Configuration) throws(DockerClientError) -> NIOSSLContext? {
        guard case .tcp = configuration.endpoint.transport else { return nil }
        if let tls = configuration.tls { return try tls.context(for: configuration.endpoint) }
        return configuration.endpoint.usesTLS ? try EndpointTLS().context(for: configuration.endpoint) : nil
    }

    /// A client for the same endpoint with another observer. Negotiation and connection numbers are shared.
    public func withObserver(_ observer: (any WireObserver)?) -> DockerClient {
        var configuration = configuration
        configuration.observer = observer
        return DockerClient(configuration: configuration, group: group, tls: tls, shared: shared)
    }

    /// The same client, whose connections all live on one event loop.
    public func confined(to eventLoop: any EventLoop) -> DockerClient {
        DockerClient(configuration: configuration, group: eventLoop, tls: tls, shared: shared)
    }

    /// A client for another server without TLS, for example a published port, with the same observer, deadlines and
    /// connection numbers. Use requests with `versioning: .unversioned`.
    public func connecting(to endpoint: EndpointURL) -> DockerClient {
        var configuration = configuration
        configuration.endpoint = endpoint
        configuration.tls = nil
        configuration.extraHeaders = []
        return DockerClient(configuration: configuration, group: group, tls: nil, shared: shared)
    }

    /// Sends a request and reads its answer to the end, whatever its status; see `EngineResponse.checked()`.
    ///
    /// - Throws: `DockerClientError`, or `CancellationError` where the task was cancelled; the connection is closed then.
    public func send(_ request: EngineRequest) async throws -> EngineResponse {
        let stream = try await open(request, readDeadline: request.bodyDeadline ?? configuration.bodyDeadline)
        let body = try await stream.collect(upTo: configuration.maximumBodyBytes)
        await stream.close()
        return EngineResponse(
            head: stream.head, body: body, trailers: stream.trailers, surplus: stream.surplus,
            request: request.summary)
    }

    /// Sends a request and returns when the head of the answer has come, whatever its status; see
    /// `EngineStream.checked()`.
    ///
    /// - Throws: `DockerClientError`, or `CancellationError` where the task was cancelled; the connection is closed then.
    public func open(_ request: EngineRequest) async throws -> EngineStream {
        try await open(request, readDeadline: request.bodyDeadline)
    }

    private func open(_ request: EngineRequest, readDeadline: Duration?) async throws -> EngineStream {
        let version: APIVersion? =
            switch request.versioning {
            case .negotiated: try await negotiatedVersion()
            case .unversioned: nil
            case .fixed(let version): version
            }
        let serialized = try serializer.serialize(request, version: version)
        let record = ConnectionRecord(
            number: shared.connections.add(1, ordering: .relaxed).newValue, observer: configuration.observer)
        let link = try await Connection.open(
            .init(
                endpoint: configuration.endpoint, tls: tls, deadline: configuration.connectDeadline,
                request: request.summary,
                parser: ResponseParser(
                    method: request.method, upgrade: request.upgrade,
                    maximumHeadBytes: configuration.maximumHeadBytes),
                record: record), group: group)
        link.begin(serialized)
        let headDeadline = request.headDeadline ?? configuration.headDeadline
        let upload = startUpload(of: request, over: link, isChunked: serialized.isChunked, headDeadline: headDeadline)
        do {
            // While a body is on its way, each piece of it has a deadline; the head's begins after the last.
            let item = try await link.next(
                within: upload == nil ? headDeadline : nil, awaited: "the head of the answer to \(request.summary)")
            guard case .head(let head, let isHijacked) = item else {
                throw DockerClientError.closedEarly(
                    configuration.endpoint, awaited: "the head of the answer to \(request.summary)", receivedBytes: 0)
            }
            return EngineStream(
                head: head, isHijacked: isHijacked, link: link, request: request.summary, readDeadline: readDeadline,
                writeDeadline: configuration.bodyDeadline, upload: upload)
        } catch {
            upload?.cancel()
            await link.closed()
            throw error
        }
    }

    private func startUpload(
        of request: EngineRequest, over link: Connection, isChunked: Bool, headDeadline: Duration
    ) -> Task<Void, Never>? {
        guard case .stream(let pieces) = request.body else { return nil }
        let deadline = request.bodyDeadline ?? configuration.bodyDeadline
        return Task {
            await BodyUpload(link: link, isChunked: isChunked, pieceDeadline: deadline).run(pieces)
            link.expectHead(within: headDeadline, request: request.summary)
        }
    }

    private var serializer: RequestSerializer {
        RequestSerializer(
            userAgent: configuration.userAgent, host: configuration.endpoint.hostHeader,
            basePath: configuration.endpoint.basePath, extraHeaders: configuration.extraHeaders)
    }
}

extension EndpointURL {
    /// docker's client names a host of its own over Unix sockets, where there is none.
    var hostHeader: String {
        switch transport {
        case .unix: "api.moby.localhost"
        case .tcp(let host, let port): "\(host.contains(":") ? "[\(host)]" : host):\(port)"
        }
    }
}
