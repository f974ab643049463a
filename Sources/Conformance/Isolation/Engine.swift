import DockerAPI
import DockerClient
import RawJSON

/// The endpoint under judgement: how to talk to it, and what it said about itself.
struct Engine: Sendable {
    /// How the harness itself talks to it.
    let client: DockerClient
    /// How cases talk to it: the same, unless something stands between.
    var judged: DockerClient
    /// The negotiated API version.
    let version: APIVersion
    let product: Product
    /// The body of `GET /info`.
    let info: JSONValue
    /// What it answers where it has no route.
    let unknownRoute: UnknownRoute

    /// Asks the endpoint who it is.
    ///
    /// - Throws: `DockerClientError` where it cannot be reached or is no Docker daemon, `EngineError` where it refuses.
    static func meet(_ client: DockerClient) async throws -> Engine {
        let version = try await client.negotiatedVersion()
        let description = try await client.send(EngineRequest("GET", "/version")).checked().json()
        let info = try await client.send(EngineRequest("GET", "/info")).checked().json()
        let target = "/v\(version)/drydock-probes-for-a-missing-route"
        var probe = EngineRequest("GET", target, versioning: .unversioned)
        probe.rawTarget = target
        let answer = try await client.send(probe)
        return Engine(
            client: client, judged: client, version: version, product: Product.detect(version: description), info: info,
            unknownRoute: UnknownRoute(status: answer.status, body: answer.body, target: target))
    }
}

/// How an endpoint answers a request for a route that it does not have, learnt from one that nobody has.
struct UnknownRoute: Sendable {
    private let status: Int
    private let body: String

    init(status: Int, body: [UInt8], target: String) {
        self.status = status
        self.body = Self.normalised(body, target: target)
    }

    /// Whether the exchange ended like one for a missing route: the same error with the same words, the path aside.
    func matches(_ exchange: WireExchange) -> Bool {
        guard status >= 400, exchange.status == status, !body.isEmpty else { return false }
        return Self.normalised(exchange.body, target: exchange.target) == body
    }

    private static func normalised(_ bytes: [UInt8], target: String) -> String {
        let value = try? JSONValue.parse(bytes)
        let text = value?["message"]?.string ?? String(decoding: bytes, as: UTF8.self)
        let path = String(target.prefix { $0 != "?" })
        let pieces = text.split(separator: path, omittingEmptySubsequences: false)
        return pieces.joined(separator: "*").filter { !$0.isWhitespace }
    }
}
