import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Makes requests to one endpoint: authentication, redirects, retries.
struct RegistryCaller: Sendable {
    let endpoint: RegistryEndpoint
    let authorizer: Authorizer
    let transport: Transport
    let configuration: RegistryConfiguration

    /// An answer that came whole.
    struct Answer: Sendable {
        var status: HTTPResponseStatus
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    /// The answer to a request for something small; failures are tried again as the configuration says.
    ///
    /// - Throws: `RegistryError` for every status but 2xx.
    func document(
        method: HTTPMethod = .GET, path: String, accept: [String] = [], limit: Int
    ) async throws(RegistryError) -> Answer {
        let url = endpoint.url(path)
        var headers = HTTPHeaders()
        for type in accept { headers.add(name: "Accept", value: type) }
        let request = TransportRequest(method: method, url: url, headers: headers, isInsecure: endpoint.isInsecure)
        return try await retrying { () throws(RegistryError) in try await once(request, limit: limit) }
    }

    /// Asks `/v2/`, so that the way to authenticate is known before anything else is asked, as docker does.
    func ping() async throws(RegistryError) {
        let request = TransportRequest(url: endpoint.url(""), isInsecure: endpoint.isInsecure)
        let response = try await transport.send(request)
        try await discard(response)
        if response.status == .unauthorized { _ = await authorizer.learn(from: response.headers, sent: nil) }
    }

    private func once(_ request: TransportRequest, limit: Int) async throws(RegistryError) -> Answer {
        do {
            return try await withDeadline(configuration.documentDeadline, request.title) {
                let response = try await send(request)
                let body =
                    request.method == .HEAD
                    ? [] : try await transport.body(of: response, limit: limit, title: request.title)
                guard (200..<300).contains(response.status.code) else {
                    throw RegistryAnswer.failure(status: response.status, headers: response.headers, body: body)
                        .carrying(RegistryAnswer.fault(status: response.status, headers: response.headers, body: body))
                }
                return Answer(status: response.status, headers: response.headers, body: body)
            }
        } catch {
            throw TransportFailure.describe(error, during: request.title)
        }
    }

    /// Sends a request with what authorization is known, learns from a 401, and follows redirects.
    func send(_ original: TransportRequest) async throws(RegistryError) -> HTTPClientResponse {
        var request = original
        var mayLearn = true
        for _ in 0..<12 {
            let isHome = Self.origin(request.url) == Self.origin(original.url)
            var outgoing = request
            // Credentials are for the registry alone, never for where it redirects to.
            let header = isHome ? try await authorizer.header(for: request.title) : nil
            if let header { outgoing.headers.replaceOrAdd(name: "Authorization", value: header) }
            let response = try await transport.send(outgoing)
            if response.status == .unauthorized, isHome, mayLearn,
                await authorizer.learn(from: response.headers, sent: header)
            {
                mayLearn = header != nil
                try await discard(response)
                continue
            }
            guard [301, 302, 303, 307, 308].contains(response.status.code),
                let location = response.headers.first(name: "Location")
            else { return response }
            try await discard(response)
            request.url = try redirect(from: request, to: location)
        }
        throw RegistryError(.refused, "\(original.title): stopped after 10 redirects")
    }

    private func discard(_ response: HTTPClientResponse) async throws(RegistryError) {
        _ = try await transport.body(of: response, limit: 1 << 20, title: endpoint.host)
    }

    private func redirect(from request: TransportRequest, to location: String) throws(RegistryError) -> String {
        let target: String
        if location.hasPrefix("https://") || location.hasPrefix("http://") {
            target = location
        } else if location.hasPrefix("/"), !location.hasPrefix("//") {
            target = Self.origin(request.url) + location
        } else {
            throw RegistryError(.refused, "\(request.title): redirect to \"\(location.prefix(200))\" is not followed")
        }
        guard target.hasPrefix("https://") || request.url.hasPrefix("http://") else {
            throw RegistryError(
                .refused, "\(request.title): redirect from https to \"\(location.prefix(200))\" is not followed")
        }
        return target
    }

    /// `https://host:port`
    static func origin(_ url: String) -> String {
        guard let start = url.firstRange(of: "://")?.upperBound else { return url }
        return String(url[..<start]) + url[start...].prefix { $0 != "/" && $0 != "?" }.lowercased()
    }

    /// Tries again after transient failures, with pauses that grow.
    func retrying<Value>(
        onRetry: (RetryNotice) -> Void = { _ in },
        _ operation: () async throws(RegistryError) -> Value
    ) async throws(RegistryError) -> Value {
        var attempt = 1
        while true {
            do { return try await operation() } catch {
                guard error.isTransient, attempt < configuration.attempts else { throw error }
                let pause = pause(after: attempt, asked: error.retryAfter)
                onRetry(RetryNotice(pause: pause, attempt: attempt, reason: error))
                do { try await Task.sleep(for: .nanoseconds(pause.nanoseconds)) } catch {
                    throw RegistryError(.cancelled, "context canceled")
                }
                attempt += 1
            }
        }
    }

    func pause(after attempt: Int, asked: Int64?) -> TimeAmount {
        if let asked { return min(.seconds(max(0, asked)), configuration.longestPause) }
        let full = min(
            configuration.firstPause.nanoseconds << min(attempt - 1, 20), configuration.longestPause.nanoseconds)
        // Clients that failed together must not come back together.
        return .nanoseconds(Int64.random(in: full / 2...max(full / 2, full)))
    }
}

/// A failure that is about to be tried again.
public struct RetryNotice: Sendable {
    /// How long the client waits first.
    public let pause: TimeAmount
    /// How many tries have failed.
    public let attempt: Int
    /// Why.
    public let reason: RegistryError
}
