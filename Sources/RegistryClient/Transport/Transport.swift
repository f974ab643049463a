import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

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

/// Sends requests over two HTTP clients, one that checks certificates and one that does not.
final class Transport: Sendable {
    private let secure: HTTPClient
    private let insecure: HTTPClient
    private let configuration: RegistryConfiguration
    private let logger: Logger

    init(configuration: RegistryConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        var options = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(
                connect: configuration.connectTimeout, read: configuration.idleTimeout, write: configuration.idleTimeout
            ),
            decompression: .disabled)
        options.httpVersion = .http1Only
        // Failures to connect are retried here, with their reason kept.
        options.connectionPool.retryConnectionEstablishment = false
        secure = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: options)
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        options.tlsConfiguration = tls
        insecure = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: options)
    }

    func shutdown() async throws {
        try await secure.shutdown()
        try await insecure.shutdown()
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
        let client = request.isInsecure ? insecure : secure
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
