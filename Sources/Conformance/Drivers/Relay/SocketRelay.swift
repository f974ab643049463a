import DockerAPI
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A Unix socket each of whose connections is joined to one of its own to an endpoint; what goes between the two is up
/// to who serves them.
final class SocketRelay: Sendable {
    /// What clients are told to talk to.
    let host: String
    let endpoint: EndpointURL
    private let path: String
    private let listener: Int32
    private let open = Mutex<(connections: [Int32], isClosed: Bool)>(([], false))

    /// Listens at a path.
    ///
    /// - Parameter serve: takes over each connection that comes, on the thread that accepts: it begins with `join`, and
    ///   leaves what blocks to threads of its own.
    /// - Throws: `SystemError`.
    init(
        path: String, to endpoint: EndpointURL, serve: @escaping @Sendable (SocketRelay, _ downstream: Int32) -> Void
    ) throws(SystemError) {
        self.endpoint = endpoint
        self.path = path
        host = "unix://\(path)"
        listener = try ChildStreams.spawning.withLock { _ throws(SystemError) in try BlockingSocket.listen(path: path) }
        BlockingSocket.thread("drydock.relay.accept") { [self] in
            while let connection = try? BlockingSocket.accept(listener) { serve(self, connection) }
        }
    }

    /// Connects to the endpoint for a connection that came.
    ///
    /// - Returns: both; `nil` where the relay has been closed. The connection is closed where there is no pair.
    /// - Throws: `SystemError` where the endpoint cannot be reached.
    func join(_ downstream: Int32) throws(SystemError) -> RelayPair? {
        let upstream: Int32
        do {
            upstream = try BlockingSocket.connect(to: endpoint)
        } catch {
            closeDescriptor(downstream)
            throw error
        }
        let isOpen = open.withLock { state in
            if !state.isClosed { state.connections += [downstream, upstream] }
            return !state.isClosed
        }
        guard isOpen else {
            closeDescriptor(downstream)
            closeDescriptor(upstream)
            return nil
        }
        return RelayPair(downstream: downstream, upstream: upstream) { [self] in
            open.withLock { state in state.connections.removeAll { $0 == downstream || $0 == upstream } }
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
}

private func closeDescriptor(_ descriptor: Int32) { close(descriptor) }

/// Two descriptors that are closed when both directions have ended.
final class RelayPair: Sendable {
    /// To the client.
    let downstream: Int32
    /// To the endpoint.
    let upstream: Int32
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

    /// Ends both directions where nothing was begun in either.
    func end() {
        halfEnded()
        halfEnded()
    }
}
