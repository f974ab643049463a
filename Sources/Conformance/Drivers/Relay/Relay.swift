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
final class Relay: Sendable {
    /// What the CLI is told to talk to.
    let host: String
    private let endpoint: EndpointURL
    private let transcript: Transcript
    private let path: String
    private let awaited: RelayReadiness
    private let onReady: @Sendable () -> Void
    private let listener: Int32
    private let open = Mutex<(connections: [Int32], isClosed: Bool)>(([], false))

    /// Numbers of relayed connections in transcripts; DockerClient counts its own from 1.
    private static let numbers = Atomic<Int>(100_000)

    /// Listens at a path and passes on to a Unix socket or a TCP port.
    ///
    /// - Throws: `SystemError`.
    init(
        path: String, to endpoint: EndpointURL, transcript: Transcript, awaited: RelayReadiness,
        onReady: @escaping @Sendable () -> Void
    ) throws(SystemError) {
        self.endpoint = endpoint
        self.transcript = transcript
        self.path = path
        self.awaited = awaited
        self.onReady = onReady
        host = "unix://\(path)"
        listener = try ChildStreams.spawning.withLock { _ throws(SystemError) in try BlockingSocket.listen(path: path) }
        BlockingSocket.thread("drydock.relay.accept") { [self] in
            while let connection = try? BlockingSocket.accept(listener) { serve(connection) }
        }
    }

    /// Ends all connections and removes the socket.
    func close() {
        let connections: [Int32] = open.withLock { state in
            defer { state = ([], true) }
            return state.connections
        }
        // shutdown(2) wakes the threads that read; each closes its own descriptors.
        for connection in connections { shutdown(connection, Int32(SHUT_RDWR)) }
        shutdown(listener, Int32(SHUT_RDWR))
        unlink(path)
    }

    private func serve(_ downstream: Int32) {
        let number = Self.numbers.add(1, ordering: .relaxed).newValue
        note(number, .connecting(endpoint))
        let upstream: Int32
        do {
            upstream = try BlockingSocket.connect(to: endpoint)
        } catch {
            note(number, .failed("\(error)"))
            closeDescriptor(downstream)
            return
        }
        note(number, .connected)
        let isOpen = open.withLock { state in
            if !state.isClosed { state.connections += [downstream, upstream] }
            return !state.isClosed
        }
        guard isOpen else {
            closeDescriptor(downstream)
            closeDescriptor(upstream)
            return
        }
        let pair = RelayPair(downstream: downstream, upstream: upstream) { [self] in
            open.withLock { state in state.connections.removeAll { $0 == downstream || $0 == upstream } }
        }
        let watch = Mutex(awaited)
        BlockingSocket.thread("drydock.relay.up") { [self] in
            BlockingSocket.pump(from: downstream, to: upstream) { bytes in
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
            BlockingSocket.pump(from: upstream, to: downstream) { bytes in
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

private func closeDescriptor(_ descriptor: Int32) { close(descriptor) }

/// Two descriptors that are closed when both directions have ended.
private final class RelayPair: Sendable {
    private let downstream: Int32
    private let upstream: Int32
    private let ended = Mutex(0)
    private let onClose: @Sendable () -> Void

    init(downstream: Int32, upstream: Int32, onClose: @escaping @Sendable () -> Void) {
        self.downstream = downstream
        self.upstream = upstream
        self.onClose = onClose
    }

    func halfEnded() {
        let isLast = ended.withLock { count in
            count += 1
            return count == 2
        }
        guard isLast else { return }
        onClose()
        close(downstream)
        close(upstream)
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
