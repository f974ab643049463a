import CLinux
import Glibc
import LinuxKernel
import Logging

extension BridgeNetwork {
    /// Sends connections to a lease's host ports on to its container, in one step that the kernel confirms.
    func publish(_ lease: Lease) throws(NetworkError) {
        guard !lease.published.isEmpty, let kernel else { return }
        var batch = NetfilterBatch(table: configuration.tableName)
        for (map, elements) in Ruleset.elements(of: lease) { batch.addElements(elements, to: map) }
        do {
            try kernel.netfilter.commit(batch)
        } catch {
            // Somebody may have taken the table away since; what is still refused then is an error.
            logger.warning("publishing ports anew with the whole table", metadata: ["error": "\(error)"])
            try replaceTable(adding: lease)
        }
        forgetDatagrams(lease)
    }

    /// Stops what `publish` started.
    func unpublish(_ lease: Lease) {
        guard !lease.published.isEmpty, let kernel else { return }
        var batch = NetfilterBatch(table: configuration.tableName)
        for (map, elements) in Ruleset.elements(of: lease) { batch.deleteElements(elements, from: map) }
        do {
            try kernel.netfilter.commit(batch)
        } catch {
            logger.warning("unpublishing ports with the whole table", metadata: ["error": "\(error)"])
            repair()
        }
        forgetDatagrams(lease)
    }

    /// Datagrams that flowed before go by the table from now on, as docker has it.
    private func forgetDatagrams(_ lease: Lease) {
        for port in lease.published where port.transport == .udp {
            do {
                try kernel?.netfilter.forgetDatagrams(
                    toPort: port.hostPort, ipv6: IPAddress(port.hostAddress)?.isIPv6 == true)
            } catch {
                logger.warning("datagrams to a port may go astray for a while", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Replaces the table by one that holds the rules and the ports of all leases, in one step.
    func replaceTable(adding lease: Lease? = nil) throws(NetworkError) {
        guard let active, let kernel else { return }
        var elements: [String: [NetfilterElement]] = [:]
        for lease in Array(leases.values) + (lease.map { [$0] } ?? []) {
            elements.merge(Ruleset.elements(of: lease)) { $0 + $1 }
        }
        let batch = active.ruleset.replacement(elements: elements)
        try NetworkError.system { () throws(SystemError) in try kernel.netfilter.commit(batch) }
    }

    /// Starts to watch for others who change our table; where somebody does, it is put back.
    func watchFirewall(_ kernel: Kernel) throws(NetworkError) {
        guard watcherStop == nil else { return }
        var ends: [Int32] = [-1, -1]
        let (watcher, stop) = try NetworkError.system { () throws(SystemError) -> (FirewallWatcher, FileDescriptor) in
            try SystemCall.check(clinux_pipe(&ends), "make a pipe")
            watcherStop = FileDescriptor(ends[1])
            let stop = FileDescriptor(ends[0])
            return (
                try FirewallWatcher(
                    table: configuration.tableName, namespace: configuration.hostNamespace,
                    ignoring: try kernel.netfilter.port), stop
            )
        }
        let logger = logger
        Task { [weak self] in
            do {
                try await watcher.watch(until: stop) { [weak self] in
                    guard let self else { return }
                    Task { await self.restoreTable() }
                }
            } catch {
                logger.error("the firewall is not watched any more", metadata: ["error": "\(error)"])
            }
        }
    }

    private func restoreTable() {
        guard active != nil else { return }
        logger.warning("nftables table \(configuration.tableName) was changed by another process: putting it back")
        repair()
    }

    private func repair() {
        do {
            try replaceTable()
        } catch {
            logger.error("cannot put the nftables table back", metadata: ["error": "\(error)"])
        }
    }
}
