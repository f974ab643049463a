import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A server on loopback or a Unix socket that does to each connection what a test says, well-behaved or not.
///
/// Each connection runs its script on a thread of its own with blocking calls; every call gives up after
/// `ServerConnection.patience`. The connection closes when its script ends.
public final class ScriptedServer: Sendable {
    /// Where to listen.
    public enum Place: Sendable {
        /// A Unix socket in a fresh directory.
        case unixSocket
        /// A free TCP port of 127.0.0.1.
        case loopback
    }

    /// `unix:///tmp/…/s` or `tcp://127.0.0.1:port`.
    public let endpoint: String
    /// The socket's path, or empty.
    public let socketPath: String

    private let listener: CInt
    private let directory: String?
    private let accepted = Mutex<Int>(0)
    private let isStopped = Mutex(false)
    private let failures = Mutex<[String]>([])

    /// Listens, and runs `script` for every connection.
    public init(
        _ place: Place = .unixSocket, script: @escaping @Sendable (_ connection: ServerConnection) throws -> Void
    ) throws {
        switch place {
        case .unixSocket:
            let folder = try TestDirectory.make()
            let path = "\(folder)/s"
            listener = try Sockets.listener(unixSocket: path)
            (directory, socketPath, endpoint) = (folder, path, "unix://\(path)")
        case .loopback:
            let port: Int
            (listener, port) = try Sockets.listenOnLoopback()
            (directory, socketPath, endpoint) = (nil, "", "tcp://127.0.0.1:\(port)")
        }
        let listener = listener
        Thread.detachNewThread { [weak self] in
            // This thread alone closes the listener, so that its number is never another's while it is in use.
            defer { Sockets.closeDescriptor(listener) }
            while true {
                let descriptor = accept(listener, nil, nil)
                if descriptor < 0, errno == EINTR || errno == ECONNABORTED { continue }
                guard descriptor >= 0 else { return }
                guard let server = self else {
                    Sockets.closeDescriptor(descriptor)
                    return
                }
                let number = server.accepted.withLock { count in
                    count += 1
                    return count
                }
                let connection = ServerConnection(descriptor: descriptor, number: number)
                Thread.detachNewThread { server.run(script, connection) }
            }
        }
    }

    deinit { stop() }

    /// How many connections have come.
    public var connectionCount: Int { accepted.withLock { $0 } }

    /// What scripts threw.
    public var scriptFailures: [String] { failures.withLock { $0 } }

    /// Stops listening and removes the socket; running scripts go on.
    public func stop() {
        let first = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard first else { return }
        shutdown(listener, CInt(SHUT_RDWR))
        if let directory { TestDirectory.remove(directory) }
    }

    private func run(_ script: (ServerConnection) throws -> Void, _ connection: ServerConnection) {
        do {
            try script(connection)
        } catch {
            failures.withLock { $0.append(String(describing: error)) }
        }
        connection.close()
    }
}
