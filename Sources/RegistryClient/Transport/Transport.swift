import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// One request of the distribution protocol; all of them have no body but for token requests.
struct TransportRequest: Sendable {
    var method = HTTPMethod.GET
    var url: String
    var headers = HTTPHeaders()
    var body: String?
    var isInsecure: Bool

    /// How Go's HTTP client, and so docker, names the request in an error: `Get "https://…"`.
    var title: String {
        let verb = method.rawValue.prefix(1) + method.rawValue.dropFirst().lowercased()
        return "\(verb) \"\(url)\""
    }
}

/// Sends requests over HTTP clients: one for each proxy, apart for hosts whose certificates are not checked.
final class Transport: Sendable {
    private struct Route: Hashable {
        var isInsecure: Bool
        var proxy: Proxy?
    }

    private let clients = Mutex<[Route: HTTPClient]>([:])
    private let configuration: RegistryConfiguration
    private let logger: Logger

    init(configuration: RegistryConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    func shutdown() async throws {
        let all = clients.withLock { clients in
            defer { clients = [:] }
            return Array(clients.values)
        }
        for client in all { try await client.shutdown() }
    }

    private func client(_ route: Route) -> HTTPClient {
        clients.withLock { clients in
            if let client = clients[route] { return client }
            let client = makeClient(route)
            clients[route] = client
            return client
        }
    }

    private func makeClient(_ route: Route) -> HTTPClient {
        var options = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(
                connect: configuration.connectTimeout, read: configuration.idleTimeout, write: configuration.idleTimeout
            ),
            decompression: .disabled)
        options.httpVersion = .http1Only
        // Failures to connect are retried here, with their reason kept.
        options.connectionPool.retryConnectionEstablishment = false
        if route.isInsecure {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.certificateVerification = .none
            options.tlsConfiguration = tls
        }
        if let proxy = route.proxy {
            let user = proxy.user.map { HTTPClient.Authorization.basic(username: $0, password: proxy.password) }
            options.proxy =
                proxy.isSOCKS
                ? .socksServer(host: proxy.host, port: proxy.port)
                : .server(host: proxy.host, port: proxy.port, authorization: user)
        }
        return HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: options)
    }

    /// Sends the request and answers when the head of the response is there.
    ///
    /// - Throws: `RegistryError`: `unreachable`, `timedOut`, `cancelled`.
    func send(_ request: TransportRequest) async throws(RegistryError) -> HTTPClientResponse {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = request.method
        outgoing.headers = request.headers
        outgoing.headers.replaceOrAdd(name: "User-Agent", value: configuration.userAgent)
        if let body = request.body { outgoing.body = .bytes(ByteBuffer(string: body)) }
        let origin = RegistryCaller.origin(request.url)
        let scheme = String(origin.prefix { $0 != ":" })
        let authority = origin.split(separator: "/").last.map(String.init) ?? ""
        let proxy = try configuration.proxies.proxy(scheme: scheme, authority: authority)
        if scheme == "https" {
            outgoing.tlsConfiguration = try HostCertificates.configuration(
                folder: configuration.certificatesFolder, authority: authority, isInsecure: request.isInsecure)
        }
        let client = client(Route(isInsecure: request.isInsecure, proxy: proxy))
        let deadline = configuration.connectTimeout + configuration.idleTimeout
        do {
            let response = try await client.execute(outgoing, timeout: deadline)
            logger.debug("\(request.method) \(request.url): \(response.status.code)")
            return response
        } catch {
            throw TransportFailure.describe(error, during: request.title)
        }
    }

    /// The whole body of a response.
    ///
    /// - Throws: `tooLarge` past `limit`.
    func body(of response: HTTPClientResponse, limit: Int, title: String) async throws(RegistryError) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await piece in response.body {
                guard bytes.count + piece.readableBytes <= limit else {
                    throw RegistryError(.tooLarge, "\(title): the answer has more than \(limit) bytes")
                }
                bytes.append(contentsOf: piece.readableBytesView)
            }
            try Task.checkCancellation()
        } catch {
            throw TransportFailure.describe(error, during: title)
        }
        return bytes
    }
}
