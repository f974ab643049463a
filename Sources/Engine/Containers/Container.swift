import LinuxKernel
import OCI
import RawJSON
import Synchronization

/// One container: what it is, where it is in its life, and who waits for it.
final class Container: Sendable {
    /// What is only known while the engine runs.
    struct Life {
        var record: ContainerRecord
        /// The process, where there is one.
        var process: RunningProcess?
        /// The process of the last run, while its monitor is still there.
        var leaving: RunningProcess?
        /// The control group of the process, until it is removed.
        var cgroup: Cgroup?
        /// Fulfilled when the present process has ended and the state says so.
        var ended: Promise<WaitResult>?
        /// Fulfilled when the last run holds nothing of the container's folder and network any more; a removal waits for it.
        var released: Promise<Void>?
        /// Fulfilled when its control group is gone, too; the next start waits for it.
        var settled: Promise<Void>?
        /// Those who wait for the end of the present or the next run.
        var exitWaiters: [Promise<WaitResult>] = []
        /// Those who wait for the container to be gone.
        var removalWaiters: [Promise<WaitResult>] = []
        /// Fulfilled when the next process runs, for those who attached before it.
        var begun = Promise<RunningProcess?>()
        /// The pause before the restart policy starts it again.
        var restartDelay: Task<Void, Never>?
        /// How long that pause was last.
        var restartPause: Duration = .zero
        /// Asks it for its health.
        var healthTask: Task<Void, Never>?
        /// Whether its removal has begun.
        var isBeingRemoved = false
        /// Whether an end is one half of a restart, so that `--rm` does not count.
        var keepsAfterExit = false
        /// Execs by ID.
        var execs: [String: ExecProcess] = [:]
        /// Those of them that ended, oldest first.
        var finishedExecs: [String] = []
    }

    let definition: ContainerDefinition
    /// Its folder under the engine's root.
    let directory: String
    /// One operation at a time.
    let gate = SerialGate()
    /// What its processes write, across restarts.
    let output = OutputBroadcaster()
    /// The accounts of its commands while it runs.
    let users = RunningUserDatabase()
    private let life: Mutex<Life>
    private let saving = Mutex(())

    var id: String { definition.id }
    var name: String { read { $0.record.name } }
    var state: ContainerState { read { $0.record.state } }
    /// The first twelve digits of the ID.
    var shortID: String { String(id.prefix(12)) }

    init(definition: ContainerDefinition, record: ContainerRecord, directory: String) {
        self.definition = definition
        self.directory = directory
        life = Mutex(Life(record: record))
    }

    /// Returns when the last run holds nothing any more.
    func settled() async {
        let (leaving, settled) = read { ($0.leaving, $0.settled) }
        leaving?.letGo()
        await settled?.value()
    }

    /// Looks at its life; never waits for an operation.
    func read<Answer>(_ body: (Life) -> Answer) -> Answer {
        life.withLock { body($0) }
    }

    /// Changes its life.
    func change<Answer>(_ body: (inout sending Life) -> sending Answer) -> sending Answer {
        life.withLock { body(&$0) }
    }

    // MARK: - On disk

    /// Overlay's folder of changes.
    var upperDirectory: String { "\(directory)/upper" }
    /// Overlay's own folder.
    var workDirectory: String { "\(directory)/work" }
    /// Where the container's root is mounted, in its own mount namespace.
    var rootDirectory: String { "\(directory)/merged" }
    /// The monitor's folder.
    var monitorDirectory: String { "\(directory)/run" }
    /// The log, as docker names it.
    var logPath: String { "\(directory)/\(id)-json.log" }

    /// Writes the definition, once, and the record into the empty files of a new folder. One that a crash finds half
    /// written is of a container that nobody was told of.
    func saveFirst() throws(EngineError) {
        let record = read { $0.record }
        for (json, name) in [(definition.json, "config.json"), (record.json, "state.json")] {
            do {
                try SmallFile.overwrite("\(directory)/\(name)", with: Self.bytes(of: json), mode: 0o600)
            } catch {
                throw EngineError(system: error)
            }
        }
    }

    /// Writes the record as it is now; of two calls at once the later state stays.
    func save() throws(EngineError) {
        let failure: EngineError? = saving.withLock { _ -> EngineError? in
            let record = read { $0.record }
            do {
                try SmallFile.replace("\(directory)/state.json", with: Self.bytes(of: record.json))
                return nil
            } catch {
                return EngineError(system: error)
            }
        }
        if let failure { throw failure }
    }

    private static func bytes(of json: JSONValue?) -> [UInt8] { (json ?? .null).bytes() }

    /// Reads a container back.
    static func load(_ directory: String) throws(EngineError) -> Container {
        do {
            let definition = try ContainerDefinition(json: try contents("\(directory)/config.json"))
            let record = try ContainerRecord(json: try contents("\(directory)/state.json"))
            return Container(definition: definition, record: record, directory: directory)
        } catch {
            throw EngineError(.system, "cannot read the container in \(directory): \(error)")
        }
    }

    private static func contents(_ path: String) throws -> JSONValue {
        try JSONValue.parse(try SmallFile.read(path, limit: 16 << 20))
    }
}
