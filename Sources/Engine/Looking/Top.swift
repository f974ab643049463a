import Glibc
import LinuxKernel

extension Engine {
    /// The monitors of its execs, of which those that waited for one are in its cgroups for a while.
    func monitors(of container: Container) -> Set<Int32> {
        let running = container.read { life in life.execs.values.compactMap { $0.read { $0.process?.monitor } } }
        return Set(running + [preparedExecs.monitor(of: container)].compactMap(\.self))
    }

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
            let own = monitors(of: container)
            for pid in try cgroup.processes() where !own.contains(pid) {
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
