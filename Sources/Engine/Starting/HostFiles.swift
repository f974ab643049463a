import LinuxKernel

/// The files of the daemon that a container sees as `/etc/hostname`, `/etc/hosts` and `/etc/resolv.conf`.
struct HostFiles {
    let directory: String

    var hostname: String { "\(directory)/hostname" }
    var hosts: String { "\(directory)/hosts" }
    var resolvConf: String { "\(directory)/resolv.conf" }

    /// A line of `/etc/hosts`.
    struct Name: Sendable {
        var address: String
        var names: [String]
    }

    /// What the files are made of.
    struct Content {
        var hostname: String
        var domainname: String
        /// The container's own addresses; none for host and none networks.
        var addresses: [String]
        var extraHosts: [String]
        /// Containers it is linked to.
        var links: [Name] = []
        /// What `host-gateway` stands for; nil where there is none.
        var gateway: String?
        var usesHostNetwork: Bool
        var dns: [String]
        var dnsSearch: [String]
        var dnsOptions: [String]
    }

    func write(_ content: Content) throws(EngineError) {
        do {
            try write("\(content.hostname)\n", to: hostname)
            try write(try hostsText(content), to: hosts)
            try write(try resolverText(content), to: resolvConf)
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(.system, "\(error)")
        }
    }

    // In place: nobody reads them before the container runs, and after a crash they are written again.
    private func write(_ text: String, to path: String) throws(SystemError) {
        try SmallFile.overwrite(path, with: Array(text.utf8), mode: 0o644)
    }

    private func hostsText(_ content: Content) throws -> String {
        var text: String
        if content.usesHostNetwork {
            text = try SmallFile.text("/etc/hosts")
            if !text.hasSuffix("\n") { text += "\n" }
        } else {
            text = """
                127.0.0.1\tlocalhost
                ::1\tlocalhost ip6-localhost ip6-loopback
                fe00::\tip6-localnet
                ff00::\tip6-mcastprefix
                ff02::1\tip6-allnodes
                ff02::2\tip6-allrouters

                """
        }
        for entry in content.extraHosts {
            guard let separator = entry.firstIndex(where: { $0 == ":" || $0 == "=" }) else { continue }
            var address = String(entry[entry.index(after: separator)...])
            if address == "host-gateway" {
                guard let gateway = content.gateway else {
                    throw EngineError(
                        .invalidArgument,
                        "unable to derive the IP value for host-gateway: the container has no network of its own")
                }
                address = gateway
            }
            text += "\(address)\t\(entry[..<separator])\n"
        }
        for link in content.links { text += "\(link.address)\t\(link.names.joined(separator: " "))\n" }
        let names =
            content.domainname.isEmpty
            ? content.hostname : "\(content.hostname).\(content.domainname) \(content.hostname)"
        for address in content.addresses { text += "\(address)\t\(names)\n" }
        return text
    }

    /// The host's resolvers, without those that are only reachable there; docker's choice where none is left.
    private func resolverText(_ content: Content) throws -> String {
        var servers = content.dns
        var search = content.dnsSearch
        var options = content.dnsOptions
        if servers.isEmpty || search.isEmpty || options.isEmpty {
            let host = try Self.hostResolver()
            if content.usesHostNetwork, servers.isEmpty, search.isEmpty, options.isEmpty { return host }
            let lines = host.split(separator: "\n").map { $0.split(whereSeparator: { " \t".contains($0) }) }
            func values(_ key: String) -> [String] {
                lines.filter { $0.first.map(String.init) == key }.flatMap { $0.dropFirst().map(String.init) }
            }
            if servers.isEmpty {
                servers = values("nameserver")
                if !content.usesHostNetwork { servers.removeAll { $0.hasPrefix("127.") || $0.hasPrefix("::1") } }
                if servers.isEmpty { servers = ["8.8.8.8", "8.8.4.4"] }
            }
            if search.isEmpty { search = values("search") }
            if options.isEmpty { options = values("options") }
        }
        var text = servers.map { "nameserver \($0)\n" }.joined()
        let domains = search.filter { $0 != "." }
        if !domains.isEmpty { text += "search \(domains.joined(separator: " "))\n" }
        if !options.isEmpty { text += "options \(options.joined(separator: " "))\n" }
        return text
    }

    private static func hostResolver() throws -> String {
        do { return try SmallFile.text("/etc/resolv.conf") } catch {
            // A host without the file is a host without resolvers.
            guard error.errno == 2 else { throw error }
            return ""
        }
    }
}

extension Engine {
    /// The files that tell a container of its host name and network; where it shares another's network, the other's.
    func hostFiles(of container: Container) -> HostFiles {
        let mode = container.read { $0.record.hostConfiguration.networkMode }
        guard mode.hasPrefix("container:") else { return HostFiles(directory: container.directory) }
        return HostFiles(directory: containerDirectory(String(mode.dropFirst("container:".count))))
    }

    /// Writes them for a run that begins.
    func writeHostFiles(
        _ container: Container, _ host: HostConfiguration, _ run: PreparedRun, _ links: [HostFiles.Name]
    ) throws(EngineError) {
        let configuration = container.definition.configuration
        // Those of the container whose network it shares.
        guard !host.networkMode.hasPrefix("container:") else { return }
        var addresses: [String] = []
        if let lease = run.lease { addresses = [lease.address] + [lease.ipv6Address].compactMap(\.self) }
        try hostFiles(of: container).write(
            HostFiles.Content(
                hostname: configuration.hostname, domainname: configuration.domainname, addresses: addresses,
                extraHosts: host.extraHosts ?? [], links: links, gateway: run.lease?.gateway,
                usesHostNetwork: host.networkMode == "host", dns: host.dns ?? [], dnsSearch: host.dnsSearch ?? [],
                dnsOptions: host.dnsOptions ?? []))
    }
}
