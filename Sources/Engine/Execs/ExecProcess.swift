import LinuxKernel
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
    let confinement: ExecConfinement
    let output = OutputBroadcaster()
    private let life = Mutex(Life())

    init(
        id: String, container: Container, configuration: ExecConfiguration, detachKeys: DetachKeys,
        confinement: ExecConfinement
    ) {
        self.confinement = confinement
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

    /// Where a monitor can wait for it. What is mounted there outlasts the container by a moment then, so nowhere if others
    /// may wait for that.
    func place(in process: RunningProcess) -> ExecPlace? {
        guard container.definition.mountsNothingOfOthers(confinement.capabilities) else { return nil }
        return ExecPlace(
            container: process, filter: confinement.suitsMonitor ? confinement.filter : [],
            bounding: confinement.capabilities.rawValue)
    }

    var isRunning: Bool { read { $0.process != nil } }

    /// The command line, as events and docker's process list show it.
    var commandLine: String { configuration.command.joined(separator: " ") }
}

/// What an exec is kept from, as its container is where it has no privileges of its own.
struct ExecConfinement: Sendable {
    /// At most, before its user is known.
    let capabilities: CapabilitySet
    /// As `ProcessSpec.seccomp` has it.
    let filter: [UInt8]
    /// Whether a monitor can do its work under that filter, too: docker's own allows it.
    let suitsMonitor: Bool
}
