import DockerAPI
import DockerClient
import Scenario

/// A request with everything filled in.
struct PreparedRequest: Sendable {
    /// The target as the scenario writes it, variables filled in; for reports.
    let written: String
    let request: EngineRequest
    /// Another server than the endpoint, where the target is absolute.
    let server: EndpointURL?
}

extension CaseReplay {
    func prepare(_ step: HTTPStep, _ template: HTTPRequestTemplate) throws -> PreparedRequest {
        let written = try expand(template.target.template)
        var target = written
        var server: EndpointURL?
        switch template.target {
        case .versioned: target = "/v\(context.engine.version)\(written)"
        case .asWritten: if target.hasPrefix("//") { target.removeFirst() }
        case .absolute:
            let rest = written.dropFirst("http://".count)
            let authority = String(rest.prefix { $0 != "/" })
            do {
                server = try EndpointURL(parsing: "http://\(authority)")
            } catch {
                throw ReplayStop.fault("\(document.label(line: step.requestLine)): \(error)")
            }
            target = rest.count == authority.count ? "/" : String(rest.dropFirst(authority.count))
        }
        var body = try bytes(of: template.body, line: step.requestLine)
        let isolates = !step.raw && server == nil
        if isolates {
            let isolation = RequestIsolation(token: context.token)
            body = isolation.body(body, method: template.method, target: target)
            if !context.exclusive { target = isolation.target(target, method: template.method) }
        }
        target = PercentText.encodedTarget(target)
        return PreparedRequest(
            written: written, request: try request(step, template, target: target, body: body), server: server)
    }

    func client(for prepared: PreparedRequest) throws -> DockerClient {
        let client = context.engine.judged.withObserver(context.transcript)
        return prepared.server.map { client.connecting(to: $0) } ?? client
    }

    private func request(
        _ step: HTTPStep, _ template: HTTPRequestTemplate, target: String, body: [UInt8]
    ) throws -> EngineRequest {
        var headers: [(name: String, value: String)] = []
        for header in template.headers {
            let value = try expand(header.value)
            headers.append((header.name, header.isEncodedJSON ? Base64URL.encoded(Array(value.utf8)) : value))
        }
        if case .json = template.body, template.header("Content-Type") == nil {
            headers.append(("Content-Type", "application/json"))
        }
        var upgrade = EngineRequest.Upgrade.none
        if template.asksForUpgrade {
            upgrade = .tcp
        } else if step.conversation.contains(where: \.isOurs) {
            upgrade = .hijackOnly
        }
        var request = EngineRequest(
            template.method, target, headers: headers, body: body.isEmpty ? .none : .bytes(body),
            versioning: .unversioned, upgrade: upgrade)
        request.rawTarget = target
        return request
    }

    private func bytes(of body: HTTPRequestTemplate.Body, line: Int) throws -> [UInt8] {
        switch body {
        case .none: return []
        case .text(let template): return Array(try expand(template).utf8)
        case .file(let name): return try CaseDirectory.read(name: name, in: context.directory)
        case .json(let template):
            do {
                return Array(try template.expand(variables).utf8)
            } catch {
                throw ReplayStop.fault("\(document.label(line: error.line)): \(error)")
            }
        }
    }
}

extension ConversationItem {
    /// Whether the harness acts, which takes a connection that is open in both directions.
    fileprivate var isOurs: Bool {
        switch self {
        case .send, .halfClose: true
        case .expect, .frame, .closed, .open: false
        }
    }
}

/// base64url with padding (RFC 4648 section 5), as X-Registry-Auth takes it.
enum Base64URL {
    static func encoded(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var output = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for position in 0..<4 {
                output.append(position <= group.count ? alphabet[(word >> (18 - 6 * position)) & 63] : "=")
            }
        }
        return output
    }
}
