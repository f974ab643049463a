import DockerAPI

extension DockerClient {
    /// The API version of `.negotiated` requests. The first call pings the daemon: `HEAD /_ping`, and `GET` where that
    /// is refused, as docker's CLI does; the answer is kept.
    ///
    /// - Throws: `DockerClientError.notDocker` where something else answers, `.apiVersionTooOld` below the minimum.
    public func negotiatedVersion() async throws -> APIVersion {
        guard case .negotiate(let maximum, let minimum) = configuration.version else {
            if case .fixed(let version) = configuration.version { return version }
            return .unstatedByDaemon
        }
        if let known = shared.negotiated.withLock({ $0 }) { return known }
        let daemon = try await ping().apiVersion ?? .unstatedByDaemon
        guard daemon >= minimum else {
            throw DockerClientError.apiVersionTooOld(configuration.endpoint, daemon: daemon, minimum: minimum)
        }
        let version = min(daemon, maximum)
        shared.negotiated.withLock { $0 = version }
        return version
    }

    /// Asks the daemon whether it is there.
    ///
    /// - Throws: `DockerClientError.notDocker` where something answers that is no daemon.
    public func ping() async throws -> PingResult {
        if let result = try await pingByHead() { return result }
        let response = try await send(EngineRequest("GET", "/_ping", versioning: .unversioned))
        if let result = PingResult(response.head) { return result }
        // Daemons before API 1.25 name no version, and answer with just this word.
        if response.status == 200, response.body.starts(with: "OK".utf8), response.body.count <= 3 {
            return PingResult(unversioned: response.head)
        }
        throw DockerClientError.notDocker(configuration.endpoint, evidence: Self.evidence(response))
    }

    /// `nil` where the daemon does not answer `HEAD` as it should: those before API 1.40, and some that broke it.
    private func pingByHead() async throws -> PingResult? {
        do {
            let response = try await send(EngineRequest("HEAD", "/_ping", versioning: .unversioned))
            // 500 is a daemon in trouble, and its headers are as good.
            return [200, 500].contains(response.status) ? PingResult(response.head) : nil
        } catch DockerClientError.closedEarly, DockerClientError.connectionLost {
            return nil
        }
    }

    private static func evidence(_ response: EngineResponse) -> String {
        var parts = ["\(response.status)"]
        if let type = response.head.mediaType { parts.append(type) }
        // A TLS port of Go's server explains itself in one line of plain text.
        if response.head.mediaType == "text/plain" || response.head.mediaType == nil, !response.body.isEmpty {
            parts.append("\"\(HeadLines.shown(response.body.prefix { $0 != 0x0A && $0 != 0x0D }, limit: 80))\"")
        }
        return "GET /_ping: \(parts.joined(separator: ", "))"
    }
}

/// What `/_ping` says in its headers.
public struct PingResult: Sendable, Hashable {
    /// `Api-Version`, the newest the daemon speaks; `nil` from daemons before API 1.25.
    public let apiVersion: APIVersion?
    /// `Ostype`: `linux` or `windows`.
    public let osType: String?
    /// `Docker-Experimental`.
    public let isExperimental: Bool
    /// `Builder-Version`: `1` or `2` (BuildKit).
    public let builderVersion: String?
    /// `Swarm`: `inactive`, `active/manager` and the like; since API 1.41.
    public let swarm: String?
    /// `Server`: product and version.
    public let server: String?

    /// What the headers of an answer say, `nil` where they name no API version.
    init?(_ head: ResponseHead) {
        guard let version = head.first("Api-Version").flatMap(APIVersion.init) else { return nil }
        self.init(head, apiVersion: version)
    }

    init(unversioned head: ResponseHead) {
        self.init(head, apiVersion: nil)
    }

    private init(_ head: ResponseHead, apiVersion: APIVersion?) {
        self.apiVersion = apiVersion
        osType = head.first("Ostype")
        isExperimental = head.first("Docker-Experimental") == "true"
        builderVersion = head.first("Builder-Version")
        swarm = head.first("Swarm")
        server = head.first("Server")
    }
}
