import DockerAPI
import NIOCore
import NIOHTTP1
import NIOPosix
import OCI
import Synchronization
import Testing

@testable import RegistryClient

/// A registry on loopback that answers each request as the test's function says.
final class ScriptedRegistry: Sendable {
    struct Request: Sendable {
        var method: HTTPMethod
        var uri: String
        var headers: HTTPHeaders
        var host: String { headers.first(name: "Host") ?? "" }
    }
    struct Reply: Sendable {
        var status = HTTPResponseStatus.ok
        var headers = HTTPHeaders()
        var body: [UInt8] = []
        /// How many bytes of the body go out before the connection is cut; nil for all.
        var cutAfter: Int?
    }

    let address: String
    private let channel: any Channel
    private let log: Box

    private final class Box: Sendable {
        let requests = Mutex<[Request]>([])
    }

    var requests: [Request] { log.requests.withLock { $0 } }

    init(_ answer: @escaping @Sendable (Request) -> Reply) async throws {
        let log = Box()
        self.log = log
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(
                        Handler { request in
                            log.requests.withLock { $0.append(request) }
                            return answer(request)
                        })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        address = "127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    func close() async throws { try await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private let answer: @Sendable (Request) -> Reply
        private var head: HTTPRequestHead?
        init(_ answer: @escaping @Sendable (Request) -> Reply) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body: break
            case .end:
                guard let head else { return }
                let reply = answer(Request(method: head.method, uri: head.uri, headers: head.headers))
                var headers = reply.headers
                headers.replaceOrAdd(name: "Content-Length", value: "\(reply.body.count)")
                context.write(
                    wrapOutboundOut(.head(.init(version: .http1_1, status: reply.status, headers: headers))),
                    promise: nil)
                let bytes = head.method == .HEAD ? [] : Array(reply.body.prefix(reply.cutAfter ?? Int.max))
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
                if reply.cutAfter == nil {
                    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
                } else {
                    context.flush()
                    context.close(promise: nil)
                }
            }
        }
    }
}

@Suite("The distribution protocol") struct ProtocolTests {
    private func withClient(_ mirrors: [String] = [], _ body: (RegistryClient) async throws -> Void) async throws {
        var configuration = RegistryConfiguration()
        configuration.firstPause = .milliseconds(1)
        configuration.longestPause = .milliseconds(10)
        configuration.mirrors = mirrors
        let client = RegistryClient(configuration: configuration)
        do { try await body(client) } catch { Issue.record(error) }
        try await client.shutdown()
    }

    private func fetch(_ descriptor: Descriptor, _ address: String, _ client: RegistryClient) async throws -> [UInt8] {
        let repository = client.repository(
            of: try ImageReference(parsing: "\(address)/a/b"),
            credentials: RegistryCredentials(username: "u", password: "p"))
        return try await repository.bytes(descriptor, limit: 1 << 24)
    }

    /// What the registry client throws.
    private func failure(_ work: () async throws -> Void) async -> RegistryError? {
        do {
            try await work()
            Issue.record("nothing was thrown")
            return nil
        } catch {
            return error as? RegistryError
        }
    }

    private static let blob = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    @Test("a download that breaks again and again goes on where it stopped", arguments: [true, false])
    func resume(knowsRanges: Bool) async throws {
        let registry = try await ScriptedRegistry { request in
            guard request.uri.contains("/blobs/") else { return .init() }
            let start = request.headers.first(name: "Range").flatMap { Int($0.dropFirst(6).dropLast()) } ?? 0
            guard knowsRanges, start > 0 else {
                return .init(body: Self.blob, cutAfter: knowsRanges ? 100_000 : start > 0 ? nil : 150_000)
            }
            return .init(
                status: .partialContent,
                headers: ["Content-Range": "bytes \(start)-\(Self.blob.count - 1)/\(Self.blob.count)"],
                body: Array(Self.blob[start...]), cutAfter: start < 250_000 ? 60_000 : nil)
        }
        try await withClient { client in
            let descriptor = Descriptor(of: Self.blob, mediaType: .layerTar)
            let bytes = try await fetch(descriptor, registry.address, client)
            #expect(bytes == Self.blob)
        }
        #expect(registry.requests.filter { $0.uri.contains("/blobs/") }.count >= 2)
        try await registry.close()
    }

    @Test("credentials are not sent to the host of a redirect, and stay with their own")
    func redirects() async throws {
        let store = try await ScriptedRegistry { _ in .init(body: Self.blob) }
        let registry = try await ScriptedRegistry { request in
            guard request.headers.contains(name: "Authorization") else {
                return .init(status: .unauthorized, headers: ["WWW-Authenticate": "Basic realm=x"])
            }
            return .init(
                status: .temporaryRedirect, headers: ["Location": "http://\(store.address)/somewhere?signed=1"])
        }
        try await withClient { client in
            let descriptor = Descriptor(of: Self.blob, mediaType: .layerTar)
            let bytes = try await fetch(descriptor, registry.address, client)
            #expect(bytes == Self.blob)
        }
        #expect(store.requests.count == 1)
        #expect(store.requests.allSatisfy { !$0.headers.contains(name: "Authorization") })
        try await store.close()
        try await registry.close()
    }

    @Test("redirects in a circle end")
    func circle() async throws {
        let registry = try await ScriptedRegistry { _ in .init(status: .found, headers: ["Location": "/again"]) }
        try await withClient { client in
            let descriptor = Descriptor(of: Self.blob, mediaType: .layerTar)
            let error = await failure {
                _ = try await fetch(descriptor, registry.address, client)
            }
            #expect(error?.code == .refused)
        }
        try await registry.close()
    }

    @Test("Retry-After and server errors are waited out, up to the number of tries")
    func retries() async throws {
        let count = Mutex(0)
        let registry = try await ScriptedRegistry { request in
            guard request.uri.contains("/manifests/") else { return .init() }
            let number = count.withLock { value in
                value += 1
                return value
            }
            if number <= 2 { return .init(status: .tooManyRequests, headers: ["Retry-After": "0"]) }
            return .init(status: .serviceUnavailable)
        }
        try await withClient { client in
            let repository = client.repository(
                of: try ImageReference(parsing: "\(registry.address)/a/b"), credentials: nil)
            let error = await failure { _ = try await repository.resolve(platform: nil) }
            #expect(error?.message == "received unexpected HTTP status: 503 Service Unavailable")
            #expect(error?.code == .unavailable)
        }
        #expect(count.withLock { $0 } == 5)
        try await registry.close()
    }

    @Test("Docker Hub's images come from a mirror, which never sees the credentials")
    func mirror() async throws {
        let config = ImageConfiguration(platform: .host, diffIDs: []).bytes
        let manifest = ImageManifest(config: Descriptor(of: config, mediaType: .imageConfiguration), layers: [])
            .document
        let registry = try await ScriptedRegistry { request in
            request.uri.contains("/v2/library/nginx/manifests/")
                ? .init(headers: ["Content-Type": manifest.mediaType.rawValue], body: manifest.bytes) : .init()
        }
        try await withClient(["http://\(registry.address)"]) { client in
            let repository = client.repository(
                of: try ImageReference(parsing: "nginx"), credentials: RegistryCredentials(username: "u", password: "p")
            )
            #expect(try await repository.resolve(platform: nil).digest == manifest.digest)
        }
        #expect(registry.requests.allSatisfy { !$0.headers.contains(name: "Authorization") })
        try await registry.close()
    }

    @Test("a blob longer than its size stops at the first byte too many")
    func tooLong() async throws {
        let registry = try await ScriptedRegistry { _ in .init(body: Self.blob) }
        try await withClient { client in
            let short = Descriptor(of: Array(Self.blob.dropLast()), mediaType: .layerTar)
            let error = await failure {
                _ = try await fetch(short, registry.address, client)
            }
            #expect(error?.code == .corrupt)
        }
        try await registry.close()
    }
}
