import DockerClient
import Scenario
import Synchronization

/// A response that is read as it comes, or a hijacked connection.
final class RunningExchange: Sendable {
    let head: ResponseHead
    /// The body so far, as `stdout`; its end.
    let tape = OutputTape()
    private let stream: EngineStream
    private let reader = Mutex<Task<Void, Never>?>(nil)

    init(stream: EngineStream) {
        self.stream = stream
        head = stream.head
        let tape = self.tape
        let task = Task {
            do {
                for try await bytes in stream { tape.appendOutput(bytes) }
                tape.end(.exited(0))
            } catch {
                tape.end(.failed(error))
            }
        }
        reader.withLock { $0 = task }
    }

    var isHijacked: Bool { stream.isHijacked }

    func write(_ bytes: [UInt8]) async throws { try await stream.write(bytes) }
    func closeWrite() async throws { try await stream.closeWrite() }

    func close() async {
        reader.withLock { $0 }?.cancel()
        await stream.close()
    }
}

/// An `http` exchange in the background, with what its scenario has seen of it.
struct ExchangeJob: Sendable {
    let exchange: RunningExchange
    /// `GET /events`, for reports.
    let source: String
    let line: Int
    let mark: Int
    /// Bytes of the body that were handed to a matcher.
    var taken = 0
    /// Bytes a text matcher left for the next one.
    var pendingText: [UInt8] = []
    /// Values that were cut from the body and not matched yet.
    var values = JSONValues()
    /// What a conversation has heard and not matched yet.
    var matcher = ConversationMatcher()
    /// How bytes become frames; decided by the first conversation.
    var feed: ConversationFeed?
}
