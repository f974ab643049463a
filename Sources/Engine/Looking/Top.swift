import Glibc
import LinuxKernel

extension Engine {
    /// The processes of a container, as `ps` shows them.
    ///
    /// The host's ps(1) is not run: the columns of `-ef` and `aux`, and those named with `-o`, are read from `/proc`.
    ///
    /// - Parameter arguments: of ps(1); nil is `-ef`.
    /// - Throws: `conflict` where it does not run, `invalidArgument` for columns that are not known.
    public func top(_ name: String, arguments: String? = nil) async throws(EngineError) -> ProcessTable {
        let container = try container(name)
        guard let cgroup = container.read({ $0.cgroup }), container.state.isRunning else {
            throw EngineError(.conflict, "container \(container.id) is not running")
        }
        if container.state.isRestarting {
            throw EngineError(.conflict, "Container \(container.id) is restarting, wait until the container is running")
        }
        do {
            let columns = try ProcessColumns(arguments ?? "-ef")
            var rows: [[String]] = []
            for pid in try cgroup.processes() {
                if let process = try ProcessFacts(pid: pid) { rows.append(columns.row(process)) }
            }
            publish("top", of: container)
            return ProcessTable(titles: columns.titles, processes: rows)
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(system: error)
        }
    }
}
