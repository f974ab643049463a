import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import RawJSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Keeps what one repository's requests need as `Authorization`, and gets it when a registry asks for it
/// (distribution-spec, "Token Authentication"; RFC 6750, RFC 7617).
actor Authorizer {
    private enum Scheme {
        case unknown, none, basic, bearer(Challenge)
    }

    private let transport: Transport
    private let configuration: RegistryConfiguration
    private let credentials: RegistryCredentials?
    private let scope: String?
    private var scheme = Scheme.unknown
    private var token: (value: String, expires: ContinuousClock.Instant)?
    private var fetching: Task<String, any Error>?
    /// The refresh token that the token server gave, where one was asked for.
    private(set) var identityToken: String?

    /// - Parameter scope: `repository:library/nginx:pull`, or nil where only the login is tried.
    init(
        transport: Transport, configuration: RegistryConfiguration, credentials: RegistryCredentials?, scope: String?
    ) {
        self.transport = transport
        self.configuration = configuration
        self.credentials = credentials
        self.scope = scope
    }

    /// The header for the next request, or nil where none is needed as far as is known.
    func header(for title: String) async throws(RegistryError) -> String? {
        switch scheme {
        case .unknown, .none: return nil
        case .basic: return try basicHeader(title)
        case .bearer(let challenge): return "Bearer \(try await token(challenge, title: title))"
        }
    }

    /// Learns from a 401 how to authenticate.
    ///
    /// - Returns: whether a second try has a chance; not when the same credentials were refused already.
    func learn(from headers: HTTPHeaders, sent: String?) -> Bool {
        let challenges = Challenge.parse(headers["WWW-Authenticate"])
        let previous = token?.value
        token = nil
        if let bearer = challenges.first(where: { $0.scheme == "bearer" && $0.parameters["realm"] != nil }) {
            scheme = .bearer(bearer)
            // A token may have expired on the way; a fresh one that is refused too is an answer.
            return sent == nil || (previous != nil && sent != "Bearer \(previous ?? "")")
        }
        if challenges.contains(where: { $0.scheme == "basic" }) {
            scheme = .basic
            return sent == nil
        }
        return false
    }

    private func basicHeader(_ title: String) throws(RegistryError) -> String {
        guard let credentials, !credentials.username.isEmpty else {
            throw RegistryError(.unauthorized, "\(title): no basic auth credentials")
        }
        return "Basic \(Data("\(credentials.username):\(credentials.password)".utf8).base64EncodedString())"
    }

    private func token(_ challenge: Challenge, title: String) async throws(RegistryError) -> String {
        if let given = credentials?.registryToken, !given.isEmpty { return given }
        if let token, token.expires > .now { return token.value }
        let task: Task<String, any Error>
        if let fetching {
            task = fetching
        } else {
            task = Task { try await self.fetch(challenge) }
            fetching = task
        }
        defer { fetching = nil }
        do { return try await task.value } catch {
            let failure = TransportFailure.describe(error, during: title)
            throw RegistryError(failure.code, "\(title): \(failure.message)", status: failure.status)
        }
    }

    private func fetch(_ challenge: Challenge) async throws -> String {
        let request = try tokenRequest(challenge)
        let body = try await withDeadline(configuration.documentDeadline, request.title) { [transport] in
            let response = try await transport.send(request)
            let body = try await transport.body(of: response, limit: 1 << 20, title: request.title)
            guard (200..<300).contains(response.status.code) else {
                throw RegistryAnswer.failure(status: response.status, headers: response.headers, body: body)
            }
            return body
        }
        return try accept(body, request.title)
    }

    private func tokenRequest(_ challenge: Challenge) throws(RegistryError) -> TransportRequest {
        let realm = challenge.parameters["realm"] ?? ""
        let isInsecure = InsecureHosts(configuration.insecureRegistries).contains(Self.authority(of: realm))
        guard
            realm.hasPrefix("https://") || (realm.hasPrefix("http://") && (isInsecure || credentials?.isEmpty ?? true))
        else {
            throw RegistryError(.refused, "token server \"\(realm)\" would get the credentials unencrypted")
        }
        var fields = challenge.parameters["service"].map { [("service", $0)] } ?? []
        if let scope { fields.append(("scope", scope)) }
        if let credentials, !credentials.identityToken.isEmpty {
            fields += [
                ("client_id", configuration.userAgent), ("grant_type", "refresh_token"),
                ("refresh_token", credentials.identityToken),
            ]
            return TransportRequest(
                method: .POST, url: realm, headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: PercentEncoding.query(fields), isInsecure: isInsecure)
        }
        var headers = HTTPHeaders()
        if let credentials, !credentials.username.isEmpty {
            fields.append(("account", credentials.username))
            if scope == nil { fields += [("offline_token", "true"), ("client_id", configuration.userAgent)] }
            headers.add(name: "Authorization", value: try basicHeader(realm))
        }
        let separator = realm.contains("?") ? "&" : "?"
        return TransportRequest(
            url: fields.isEmpty ? realm : realm + separator + PercentEncoding.query(fields), headers: headers,
            isInsecure: isInsecure)
    }

    private func accept(_ body: [UInt8], _ title: String) throws(RegistryError) -> String {
        let document: JSONValue
        do { document = try JSONValue.parse(body) } catch {
            throw RegistryError(.corrupt, "\(title): the token server's answer is no JSON: \(error)")
        }
        guard let value = document["token"]?.string ?? document["access_token"]?.string, !value.isEmpty else {
            throw RegistryError(.corrupt, "authorization server did not include a token in the response")
        }
        identityToken = document["refresh_token"]?.string ?? identityToken
        // The specification's least lifetime is 60 s, which also is its default; a margin covers the way.
        let lifetime = min(max(document["expires_in"]?.int64 ?? 60, 60), 86400)
        token = (value, .now + .seconds(lifetime - 10))
        return value
    }

    private static func authority(of url: String) -> String {
        guard let start = url.firstRange(of: "://")?.upperBound else { return url }
        return String(url[start...].prefix { $0 != "/" && $0 != "?" })
    }
}
