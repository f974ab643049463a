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

/// Stands before a daemon and alters what one mutation says; every other byte passes as it is.
///
/// It serves `DockerClient`, which has a connection for each request: the first one of a connection is altered.
final class MutatingProxy: Sendable {
    private let mutation: Mutation
    private let alterations = Atomic<Int>(0)

    /// How often something was altered.
    var altered: Int { alterations.load(ordering: .relaxed) }

    private init(_ mutation: Mutation) {
        self.mutation = mutation
    }

    /// Listens at a path.
    ///
    /// - Throws: `SystemError`.
    static func listen(
        path: String, to endpoint: EndpointURL, as mutation: Mutation
    ) throws(SystemError) -> (proxy: MutatingProxy, relay: SocketRelay) {
        let proxy = MutatingProxy(mutation)
        return (proxy, try SocketRelay(path: path, to: endpoint) { proxy.serve($1, through: $0) })
    }

    private func serve(_ downstream: Int32, through sockets: SocketRelay) {
        // The client sees a daemon that it cannot reach: the connection ends.
        guard let pair = try? sockets.join(downstream) else { return }
        BlockingSocket.thread("drydock.mutate.up") { [self] in up(pair) }
    }

    private func up(_ pair: RelayPair) {
        let (request, raw) = ProxiedRequest.read(from: pair.downstream)
        guard let request, mutation.concerns(request.operation) else {
            forward(raw, over: pair)
            return
        }
        switch mutation.change {
        case .instead(let answer):
            if let answer = answer(request) { return refuse(pair, answer) }
            forward(raw, over: pair)
        case .request(let edit):
            var edited = request
            let isAltered = edit(&edited)
            if isAltered { note() }
            forward(isAltered ? edited.bytes : raw, over: pair)
        case .head, .document, .messages, .frames, .delivery:
            forward(raw, over: pair) { [self] in answer(request, over: pair) }
        }
    }

    /// Sends what was read of the request, then passes bytes in both directions; the answer as it is, unless `down` passes
    /// it on.
    private func forward(_ bytes: [UInt8], over pair: RelayPair, down: (@Sendable () -> Void)? = nil) {
        BlockingSocket.thread("drydock.mutate.down") {
            if let down { down() } else { BlockingSocket.pump(from: pair.upstream, to: pair.downstream) { _ in } }
            pair.halfEnded()
        }
        do {
            try FileStream(descriptor: pair.upstream, owned: false).write(bytes)
            BlockingSocket.pump(from: pair.downstream, to: pair.upstream) { _ in }
        } catch {
            // A daemon that takes no request ends the connection, which is what the client sees.
            shutdown(pair.downstream, Int32(SHUT_RDWR))
        }
        pair.halfEnded()
    }

    private func answer(_ request: ProxiedRequest, over pair: RelayPair) {
        let output = FileStream(descriptor: pair.downstream, owned: false)
        var rewriter = AnswerRewriter(change: mutation.change, request: request, output: output) { [self] in note() }
        do {
            guard try rewriter.run(from: pair.upstream) else { return }
        } catch {
            // The client has gone, or the daemon's answer is none: either way there is nothing more to pass on.
        }
        shutdown(pair.downstream, Int32(SHUT_WR))
    }

    private func refuse(_ pair: RelayPair, _ answer: CannedAnswer) {
        note()
        shutdown(pair.upstream, Int32(SHUT_RDWR))
        // A client that has gone before its answer reads none.
        try? FileStream(descriptor: pair.downstream, owned: false).write(answer.bytes)
        shutdown(pair.downstream, Int32(SHUT_WR))
        while BlockingSocket.receive(pair.downstream) != nil {}
        pair.end()
    }

    private func note() { alterations.add(1, ordering: .relaxed) }
}
