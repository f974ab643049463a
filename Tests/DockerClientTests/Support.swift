import DockerAPI
import DockerClient
import Foundation
import Synchronization
import TestSupport

/// Keeps what a client did on the wire.
final class Recorder: WireObserver {
    private let state = Mutex<[WireEvent]>([])

    var events: [WireEvent] { state.withLock { $0 } }

    func record(_ event: WireEvent) { state.withLock { $0.append(event) } }

    var sent: String {
        String(
            decoding: events.flatMap { event -> [UInt8] in
                if case .sent(let bytes) = event.kind { bytes } else { [] }
            }, as: UTF8.self)
    }

    var received: String {
        String(
            decoding: events.flatMap { event -> [UInt8] in
                if case .received(let bytes) = event.kind { bytes } else { [] }
            }, as: UTF8.self)
    }

    var receivedCount: Int {
        events.reduce(0) { count, event in
            if case .received(let bytes) = event.kind { count + bytes.count } else { count }
        }
    }

    /// The kinds of events as words, runs of the same one once.
    var outline: [String] {
        events.map { event in
            switch event.kind {
            case .connecting: "connecting"
            case .connected: "connected"
            case .secured: "secured"
            case .requestStarted(let method, let target): "\(method) \(target)"
            case .sent: "sent"
            case .received: "received"
            case .headReceived(let head): "\(head.status)"
            case .halfClosedByUs: "half-closed by us"
            case .closedByUs: "closed by us"
            case .closedByPeer: "closed by peer"
            case .failed: "failed"
            }
        }.reduce(into: []) { outline, word in if outline.last != word { outline.append(word) } }
    }
}

/// Keeps a server listening for as long as its client lives.
private struct ServerKeeper: WireObserver {
    let server: ScriptedServer
    let observer: Recorder?

    func record(_ event: WireEvent) { observer?.record(event) }
}

extension ScriptedServer {
    /// A client of this server, with short deadlines where a test is about them.
    func client(
        observer: Recorder? = nil, headDeadline: Duration = .seconds(20), bodyDeadline: Duration = .seconds(20),
        maximumBodyBytes: Int = 64 << 20, version: DockerClient.VersionPolicy = .standard
    ) throws -> DockerClient {
        try DockerClient(
            configuration: .init(
                endpoint: EndpointURL(parsing: endpoint), version: version, headDeadline: headDeadline,
                bodyDeadline: bodyDeadline, maximumBodyBytes: maximumBodyBytes,
                observer: ServerKeeper(server: self, observer: observer)))
    }

    /// A server that answers every request with this text and closes.
    static func answering(_ text: String, at place: Place = .unixSocket) throws -> ScriptedServer {
        try ScriptedServer(place) { connection in
            try connection.readHead()
            try connection.write(text)
        }
    }
}

/// `GET /x` without a version.
let get = EngineRequest("GET", "/x", versioning: .unversioned)

/// The answer to an upgrade.
let upgraded =
    "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"

/// Something one side of a test waits for on the other, with a deadline.
final class Signal: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func give() { semaphore.signal() }

    /// Blocks the thread of a server's script.
    func arrive() throws {
        guard semaphore.wait(timeout: .now() + .seconds(ServerConnection.patience)) == .success else {
            throw ServerFailure.system(ETIMEDOUT)
        }
    }
}
