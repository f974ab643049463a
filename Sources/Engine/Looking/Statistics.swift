import LinuxKernel
import BridgeNetwork
import OCI

extension Engine {
    /// One reading of the counters.
    ///
    /// - Parameter oneShot: do not read twice, so that there is no previous reading.
    public func statistics(_ name: String, oneShot: Bool = false) async throws(EngineError) -> ContainerStatistics {
        let container = try container(name)
        let first = try await reading(of: container)
        guard !oneShot, first != nil else { return statistics(container, first, previous: nil) }
        do { try await Task.sleep(for: .seconds(1)) } catch { throw EngineError(.cancelled, "context canceled") }
        return statistics(container, try await reading(of: container), previous: first)
    }

    /// A reading every second; one without `current` while the container does not run; ends when it is removed.
    public func statisticsStream(_ name: String) async throws(EngineError) -> AsyncStream<ContainerStatistics> {
        let container = try container(name)
        let (stream, continuation) = AsyncStream<ContainerStatistics>.makeStream(bufferingPolicy: .bufferingNewest(2))
        let task = Task { [weak self] in
            var previous: Moment?
            while !Task.isCancelled {
                guard let self, let known = try? self.container(container.id), known === container else { break }
                do {
                    let now = try await self.reading(of: container)
                    continuation.yield(self.statistics(container, now, previous: previous))
                    previous = now
                    try await Task.sleep(for: .seconds(1))
                } catch {
                    break
                }
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    /// A reading and when it was made.
    struct Moment: Sendable {
        let time: Timestamp
        let reading: ContainerStatistics.Reading
    }

    private func statistics(_ container: Container, _ now: Moment?, previous: Moment?) -> ContainerStatistics {
        ContainerStatistics(
            id: container.id, name: container.name, read: now?.time, previousRead: previous?.time,
            current: now?.reading, previousCPU: previous?.reading.cpu)
    }

    private func reading(of container: Container) async throws(EngineError) -> Moment? {
        let (cgroup, lease) = container.read { ($0.cgroup, $0.record.lease) }
        guard let cgroup, container.state.isRunning else { return nil }
        do {
            var counters = try cgroup.statistics()
            let own = monitors(of: container)
            if !own.isEmpty, let count = counters.pids?.current {
                counters.pids?.current = count - min(count, UInt64(own.intersection(try cgroup.processes()).count))
            }
            let system = try SystemCPUUsage.current()
            var networks: [String: ContainerStatistics.NetworkCounters]?
            if let lease {
                let traffic = try await network.statistics(containerID: container.id)
                networks = [lease.lease.interface: ContainerStatistics.NetworkCounters(traffic)]
            }
            return Moment(
                time: .now,
                reading: ContainerStatistics.Reading(
                    counters, system: system, networks: networks, hostMemory: host.facts.totalMemory))
        } catch {
            // It ended between the question and the answer.
            guard container.state.isRunning else { return nil }
            throw EngineError(system: error)
        }
    }
}

extension ContainerStatistics.NetworkCounters {
    init(_ traffic: InterfaceStatistics) {
        receivedBytes = traffic.receivedBytes
        receivedPackets = traffic.receivedPackets
        receiveErrors = traffic.receiveErrors
        receiveDropped = traffic.receiveDropped
        sentBytes = traffic.transmittedBytes
        sentPackets = traffic.transmittedPackets
        sendErrors = traffic.transmitErrors
        sendDropped = traffic.transmitDropped
    }
}

extension ContainerStatistics.Reading {
    init(
        _ counters: CgroupStatistics, system: SystemCPUUsage,
        networks: [String: ContainerStatistics.NetworkCounters]?, hostMemory: UInt64
    ) {
        var cpu = ContainerStatistics.CPU()
        cpu.total = counters.cpu.total
        cpu.perCPU = counters.version == .v1 ? counters.cpu.perProcessor : nil
        cpu.kernel = counters.cpu.system
        cpu.user = counters.cpu.user
        cpu.system = system.nanoseconds
        cpu.onlineCPUs = system.online
        cpu.periods = counters.cpu.periods
        cpu.throttledPeriods = counters.cpu.throttledPeriods
        cpu.throttledTime = counters.cpu.throttledTime
        var memory = ContainerStatistics.Memory()
        if let counted = counters.memory {
            memory.usage = counted.usage
            memory.maximumUsage = counted.maximum
            memory.failures = counted.failures
            memory.limit = min(counted.limit ?? hostMemory, hostMemory)
            memory.details = Dictionary(counted.details.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        }
        self.init(
            pids: counters.pids?.current ?? 0, pidsLimit: counters.pids?.limit ?? 0, cpu: cpu, memory: memory,
            networks: networks,
            blockIO: counters.blockIO.serviceBytes.map { entry in
                ContainerStatistics.BlockCounter(
                    major: entry.major, minor: entry.minor, operation: entry.operation, bytes: entry.value)
            }, cgroupVersion: counters.version.rawValue)
    }
}
