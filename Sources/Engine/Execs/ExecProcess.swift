import Synchronization

/// One command run in a container beside its own.
final class ExecProcess: Sendable {
    struct Life {
        var isStarted = false
        var process: RunningProcess?
        var pid: Int32 = 0
        var exitCode: Int32?
        /// Fulfilled when it runs, or cannot.
        var begun = Promise<RunningProcess?>()
        var ended = Promise<Int32>()
    }

    let id: String
    let container: Container
    let configuration: ExecConfiguration
    let detachKeys: DetachKeys
    let output = OutputBroadcaster()
    private let life = Mutex(Life())

    init(id: String, container: Container, configuration: ExecConfiguration, detachKeys: DetachKeys) {
        self.id = id
        self.container = container
        self.configuration = configuration
        self.detachKeys = detachKeys
    }

    func read<Answer>(_ body: (Life) -> Answer) -> Answer { life.withLock { body($0) } }

    func change<Answer>(_ body: (inout sending Life) -> sending Answer) -> sending Answer {
        life.withLock { body(&$0) }
    }

    /// Waits for the end of its process, and notes it.
    ///
    /// - Returns: the exit code.
    func follow(_ process: RunningProcess) async -> Int32 {
        let code = await process.exit.code
        end(code)
        return code
    }

    /// Notes that it has ended, or could not begin.
    func end(_ code: Int32) {
        let (begun, ended) = change { life in
            life.process = nil
            life.exitCode = code
            return (life.begun, life.ended)
        }
        begun.fulfil(nil)
        ended.fulfil(code)
    }

    var isRunning: Bool { read { $0.process != nil } }

    /// The command line, as events and docker's process list show it.
    var commandLine: String { configuration.command.joined(separator: " ") }
}
