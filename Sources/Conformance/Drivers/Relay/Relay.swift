import DockerAPI
import DockerClient
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A socket between docker's CLI and the endpoint: every byte passes through unchanged and is recorded, and the answer
/// to the request that a command waits on is noticed.
///
/// One relay serves one command. TLS is between CLI and endpoint, so there is no relay for it.
struct Relay: Sendable {
    private let transcript: Transcript
    private let awaited: RelayReadiness
    private let onReady: @Sendable () -> Void

    /// Numbers of relayed connections in transcripts; DockerClient counts its own from 1.
    private static let numbers = Atomic<Int>(100_000)

    /// Listens at a path and passes on to a Unix socket or a TCP port.
    ///
    /// - Throws: `SystemError`.
    static func listen(
        path: String, to endpoint: EndpointURL, transcript: Transcript, awaited: RelayReadiness,
        onReady: @escaping @Sendable () -> Void
    ) throws(SystemError) -> SocketRelay {
        let relay = Relay(transcript: transcript, awaited: awaited, onReady: onReady)
        return try SocketRelay(path: path, to: endpoint) { relay.serve($1, through: $0) }
    }

    private func serve(_ downstream: Int32, through sockets: SocketRelay) {
        let number = Self.numbers.add(1, ordering: .relaxed).newValue
        note(number, .connecting(sockets.endpoint))
        let pair: RelayPair
        do {
            guard let joined = try sockets.join(downstream) else { return }
            pair = joined
        } catch {
            note(number, .failed("\(error)"))
            return
        }
        note(number, .connected)
        let watch = Mutex(awaited)
        BlockingSocket.thread("drydock.relay.up") { [self] in
            BlockingSocket.pump(from: pair.downstream, to: pair.upstream) { bytes in
                if let (method, target) = RelayReadiness.request(bytes) {
                    note(number, .requestStarted(method: method, target: target))
                    watch.withLock { $0.sent(target: target) }
                }
                note(number, .sent(bytes))
            }
            note(number, .halfClosedByUs)
            pair.halfEnded()
        }
        BlockingSocket.thread("drydock.relay.down") { [self] in
            BlockingSocket.pump(from: pair.upstream, to: pair.downstream) { bytes in
                note(number, .received(bytes))
                if watch.withLock({ $0.received(bytes) }) { onReady() }
            }
            note(number, .closedByPeer)
            pair.halfEnded()
        }
    }

    private func note(_ connection: Int, _ kind: WireEvent.Kind) {
        transcript.record(WireEvent(connection: connection, at: BlockingSocket.now(), kind: kind))
    }
}

/// Notices when the request that a command waits on longest has been answered with headers.
struct RelayReadiness: Sendable {
    /// What the path of that request ends in.
    private let suffix: String
    private var isAsked = false
    private var isReady = false

    /// - Parameter command: under its management command: `container logs`.
    init(command: String) {
        suffix =
            switch command {
            case "container run", "container start", "container exec": "/start"
            case "container attach": "/attach"
            case "container logs": "/logs"
            case "container wait": "/wait"
            case "container stats": "/stats"
            case "system events": "/events"
            case "image pull": "/images/create"
            default: ""
            }
    }

    mutating func sent(target: String) {
        let path = target.prefix { $0 != "?" }
        isAsked = suffix.isEmpty ? !path.hasSuffix("/_ping") : path.hasSuffix(suffix)
    }

    /// Whether these bytes make the command ready; true once.
    mutating func received(_ bytes: [UInt8]) -> Bool {
        guard isAsked, !isReady, bytes.starts(with: "HTTP/1.".utf8) else { return false }
        isReady = true
        return true
    }

    /// Method and target, where the bytes begin a request. docker's CLI sends a request after the answer to the one
    /// before, so each begins at the start of a read.
    static func request(_ bytes: [UInt8]) -> (method: String, target: String)? {
        let line = String(decoding: bytes.prefix { $0 != 0x0D }, as: UTF8.self).split(separator: " ")
        guard line.count == 3, line[2].hasPrefix("HTTP/1."), line[0].allSatisfy({ $0.isASCII && $0.isUppercase })
        else { return nil }
        return (String(line[0]), String(line[1]))
    }
}
