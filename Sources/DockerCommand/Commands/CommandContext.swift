import DockerAPI
import DockerClient
import RawJSON

/// A command in the course of being run.
struct CommandContext: Sendable {
    let invocation: DockerInvocation
    let client: DockerClient
    let io: CommandIO
    let configuration: ClientConfiguration

    var flags: ParsedFlags { invocation.flags }
    var arguments: [String] { invocation.operands }
}

/// A refusal by the daemon.
struct DaemonFailure: Error, Sendable, CustomStringConvertible {
    var status: Int
    var message: String
    /// Whether the daemon could not be reached at all.
    var isConnectionFailure = false

    var description: String { isConnectionFailure ? message : "Error response from daemon: \(message)" }
}

/// Requests without an end of their own: docker's CLI waits for them until it is told to stop, so does the caller.
let unboundedWait = Duration.seconds(86_400)

extension CommandContext {
    typealias Query = [(name: String, value: String)]

    /// A unary call; any status outside 200...399 is a `DaemonFailure`.
    @discardableResult
    func call(
        _ method: String, _ path: String, query: Query = [], headers: Query = [], body: EngineRequest.Body = .none,
        headDeadline: Duration? = nil
    ) async throws -> EngineResponse {
        let request = EngineRequest(
            method, path, query: sorted(query), headers: headers, body: body, headDeadline: headDeadline)
        let response = try await reaching { try await client.send(request) }
        guard response.head.isSuccess else { throw failure(response.head, response.body) }
        return response
    }

    /// The JSON body of a unary call.
    func json(
        _ method: String, _ path: String, query: Query = [], body: EngineRequest.Body = .none,
        headDeadline: Duration? = nil
    ) async throws -> JSONValue {
        try await call(method, path, query: query, body: body, headDeadline: headDeadline).json()
    }

    /// A call whose body is read as it comes.
    func open(
        _ method: String, _ path: String, query: Query = [], headers: Query = [], body: EngineRequest.Body = .none,
        upgrade: EngineRequest.Upgrade = .none, headDeadline: Duration? = nil
    ) async throws -> EngineStream {
        let request = EngineRequest(
            method, path, query: sorted(query), headers: headers, body: body, upgrade: upgrade,
            headDeadline: headDeadline)
        let stream = try await reaching { try await client.open(request) }
        guard stream.head.isSuccess else {
            var bytes: [UInt8] = []
            for try await chunk in stream where bytes.count < EngineError.maximumBodyBytes { bytes += chunk }
            await stream.close()
            // docker's CLI does not read what a daemon says to a refused upgrade.
            if case .tcp = upgrade { throw CommandFailure("unable to upgrade to tcp, received \(stream.head.status)") }
            throw failure(stream.head, bytes)
        }
        return stream
    }

    /// The API version in use.
    func negotiatedVersion() async throws -> APIVersion { try await reaching { try await client.negotiatedVersion() } }

    /// Names of daemon objects as Go's URL writes them in a path.
    static func escape(_ segment: String) -> String {
        var out = ""
        for byte in segment.utf8 {
            let character = Character(UnicodeScalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "-_.~$&+,/:;=@".contains(character) {
                out.append(character)
            } else {
                let hex = String(byte, radix: 16, uppercase: true)
                out += "%" + (hex.count == 1 ? "0" : "") + hex
            }
        }
        return out
    }

    /// Query parameters in the order Go's url.Values writes them.
    private func sorted(_ query: Query) -> Query {
        query.enumerated().sorted { ($0.element.name, $0.offset) < ($1.element.name, $1.offset) }.map(\.element)
    }

    private func failure(_ head: ResponseHead, _ body: [UInt8]) -> DaemonFailure {
        DaemonFailure(status: head.status, message: EngineError(head: head, body: body, request: "").message)
    }

    private func reaching<Answer>(_ operation: () async throws -> Answer) async throws -> Answer {
        do {
            return try await operation()
        } catch let error as DockerClientError {
            guard case .unreachable(let endpoint, _) = error else { throw error }
            throw DaemonFailure(
                status: 0,
                message: "Cannot connect to the Docker daemon at \(endpoint). Is the docker daemon running?",
                isConnectionFailure: true)
        }
    }
}

/// Who this client says it is where docker's CLI names its own version.
enum ClientIdentity {
    static let version = "28.2.2"
    static let apiVersion = "1.50"
}
